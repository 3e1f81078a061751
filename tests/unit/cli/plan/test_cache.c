/*
 * test_cache.c - plans and interposers of earlier runs are taken where nothing has changed,
 * and only there.
 */
// needs: cli
#include "plan/cache.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/own_file.h"
#include "leaves/leaves.h"
#include "suite.h"

static char directory[] = "/tmp/test_plan_cache-XXXXXX";
static char session[64], cache_parent[64], cache_path[80];
static struct leaves leaves;
static struct plan_cache cache;
static char *problem;
static struct plan_file loaded = {.dev = 1, .ino = 2};

static void write_file(const char *path, const char *text)
{
    unlink(path);
    FILE *out = fopen(path, "w");
    fputs(text, out);
    ck_assert_int_eq(fclose(out), 0);
}

static bool is_there(const char *path, const char *text)
{
    char found[100] = "";
    FILE *in = fopen(path, "r");
    if (in == NULL)
        return false;
    ck_assert_ptr_nonnull(fgets(found, sizeof found, in));
    fclose(in);
    return strcmp(found, text) == 0;
}

static void set_up(void)
{
    strcpy(strrchr(directory, '-') + 1, "XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(directory));
    snprintf(session, sizeof session, "%s/session", directory);
    snprintf(cache_parent, sizeof cache_parent, "%s/cache", directory);
    snprintf(cache_path, sizeof cache_path, "%s/scoped-trace", cache_parent);
    ck_assert_int_eq(mkdir(session, 0700), 0);
    ck_assert_int_eq(setenv("XDG_CACHE_HOME", cache_parent, 1), 0);
    ck_assert_int_eq(chdir(directory), 0);
    write_file("library", "some bytes");
    write_file("planner", "a program");
}

static void tear_down(void)
{
    char command[100];
    plan_cache_close(&cache);
    plan_file_clear(&loaded);
    leaves_finish(&leaves);
    free(problem);
    problem = NULL;
    snprintf(command, sizeof command, "rm -r %s", directory);
    ck_assert_int_eq(system(command), 0);
}

static void open_cache(const char *list, enum plan_policy policy)
{
    plan_cache_close(&cache);
    leaves_finish(&leaves);
    ck_assert_int_eq(leaves_select(&leaves, &list, 1, &problem), 0);
    plan_cache_open(&cache, &leaves, policy, "planner");
}

static uint64_t identity_of(const char *path)
{
    struct stat status;
    ck_assert_int_eq(stat(path, &status), 0);
    return plan_cache_identity(&status);
}

static bool load(void)
{
    plan_file_clear(&loaded);
    loaded.identity = identity_of("library");
    unlink("session/1-2.plan");
    return plan_cache_load(&cache, &loaded, session);
}

/* As the planner leaves it: two functions, one of which cannot be hooked. */
static void store(void)
{
    const uint32_t first[] = {3}, second[] = {4, 5};
    struct plan_function list[] = {
        {.symbol = "read",
            .shown = "read",
            .leaf = 3,
            .leaves = first,
            .leaf_count = 1,
            .flags = 7,
            .address = 0x1000,
            .is_exported = true},
        {.symbol = "__poll",
            .shown = "poll",
            .leaf = 4,
            .leaves = second,
            .leaf_count = 2,
            .address = 0x2000,
            .why = "it is too short",
            .is_ifunc = true},
    };
    struct plan_file file = {
        .dev = 1, .ino = 2, .identity = identity_of("library"), .list = list, .count = 2};
    write_file("session/1-2.plan", "the plan");
    ck_assert_int_eq(own_file_sum("session/1-2.plan", &file.plan_sum), 0);
    ck_assert_int_eq(plan_file_save(&file, session, "1-2.list"), 0);
    plan_cache_store(&cache, &file, session);
    unlink("session/1-2.list");
}

/* The interposer for a program and two libraries. */
static uint64_t identities[] = {1, 2, 3};

static void set_files(struct plan_file files[3], struct plan_file *pointers[3])
{
    for (size_t i = 0; i < 3; i++) {
        files[i] = (struct plan_file){.identity = identities[i], .is_program = i == 0};
        pointers[i] = &files[i];
    }
}

static void store_interposer(void)
{
    struct plan_file files[3], *pointers[3];
    set_files(files, pointers);
    write_file("session/interposer", "the interposer");
    plan_cache_store_interposer(&cache, pointers, 3, "session/interposer");
}

static bool load_interposer(void)
{
    struct plan_file files[3], *pointers[3];
    set_files(files, pointers);
    unlink("session/interposer");
    if (!plan_cache_load_interposer(&cache, pointers, 3, "session/interposer"))
        return false;
    ck_assert(is_there("session/interposer", "the interposer"));
    return true;
}

static void run(const char *format, const char *argument)
{
    char command[200];
    snprintf(command, sizeof command, format, argument);
    ck_assert_int_eq(system(command), 0);
}

START_TEST(what_was_stored_is_there_in_the_next_run)
{
    open_cache("@wait", PLAN_AUTO);
    ck_assert(!load());
    store();
    open_cache("@wait", PLAN_AUTO);
    ck_assert(load());
    ck_assert_uint_eq(loaded.count, 2);
    ck_assert_str_eq(loaded.list[0].symbol, "read");
    ck_assert_uint_eq(loaded.list[0].address, 0x1000);
    ck_assert_uint_eq(loaded.list[0].flags, 7);
    ck_assert(loaded.list[0].is_exported && !loaded.list[0].is_ifunc);
    ck_assert_ptr_null(loaded.list[0].why);
    ck_assert_str_eq(loaded.list[1].shown, "poll");
    ck_assert_str_eq(loaded.list[1].why, "it is too short");
    ck_assert_uint_eq(loaded.list[1].leaf, 4);
    ck_assert_uint_eq(loaded.list[1].leaf_count, 2);
    ck_assert_uint_eq(loaded.list[1].leaves[1], 5);
    ck_assert(loaded.list[1].is_ifunc && !loaded.list[1].is_exported);
    ck_assert(is_there("session/1-2.plan", "the plan"));
}
END_TEST

START_TEST(a_file_that_has_changed_has_no_plan)
{
    open_cache("@wait", PLAN_AUTO);
    store();
    run("touch -d '2001-01-01' %s", "library");
    ck_assert(!load());
    store();
    ck_assert(load());
    run("echo more >>%s", "library");
    ck_assert(!load());
}
END_TEST

START_TEST(other_leaves_or_another_policy_have_other_plans)
{
    open_cache("@wait", PLAN_AUTO);
    store();
    open_cache("@wait,fopen", PLAN_AUTO);
    ck_assert(!load());
    open_cache("@wait", PLAN_ENTRY_ONLY);
    ck_assert(!load());
    open_cache("@wait", PLAN_AUTO);
    ck_assert(load());
}
END_TEST

START_TEST(another_planner_makes_other_plans)
{
    open_cache("@wait", PLAN_AUTO);
    store();
    write_file("planner", "a program, built anew");
    open_cache("@wait", PLAN_AUTO);
    ck_assert(!load());
}
END_TEST

START_TEST(where_there_are_no_plans_the_list_is_kept)
{
    open_cache("@wait", PLAN_LINKER_ONLY);
    store();
    open_cache("@wait", PLAN_LINKER_ONLY);
    ck_assert(load());
    ck_assert_uint_eq(loaded.count, 2);
    ck_assert_int_ne(access("session/1-2.plan", F_OK), 0);
    run("! ls %s | grep plan", cache_path);
}
END_TEST

START_TEST(names_that_debug_files_may_have_are_looked_for_each_time)
{
    open_cache("@wait,some_function", PLAN_AUTO);
    store();
    ck_assert(!load());
    ck_assert_int_ne(access(cache_path, F_OK), 0);
}
END_TEST

START_TEST(a_directory_that_others_may_write_to_is_not_used)
{
    open_cache("@wait", PLAN_AUTO);
    store();
    run("chmod 777 %s", cache_path);
    open_cache("@wait", PLAN_AUTO);
    ck_assert(!load());
    run("chmod 700 %s", cache_path);
    open_cache("@wait", PLAN_AUTO);
    ck_assert(load());
}
END_TEST

START_TEST(a_symbolic_link_in_its_place_is_not_followed)
{
    ck_assert_int_eq(mkdir("elsewhere", 0700), 0);
    ck_assert_int_eq(mkdir(cache_parent, 0700), 0);
    ck_assert_int_eq(symlink("../elsewhere", cache_path), 0);
    open_cache("@wait", PLAN_AUTO);
    store();
    ck_assert(!load());
    ck_assert_int_eq(rmdir("elsewhere"), 0); /* nothing is in it */
}
END_TEST

static void write_bytes(const char *path, const char *bytes, size_t size)
{
    FILE *out = fopen(path, "w");
    ck_assert_ptr_nonnull(out);
    fwrite(bytes, 1, size, out);
    fclose(out);
}

/* Cut at every length, and with each byte changed, the file with this suffix is not taken. */
static void assert_damage_is_noticed(const char *suffix, bool (*is_taken)(void))
{
    char path[200], format[100], bytes[500];
    open_cache("@wait", PLAN_AUTO);
    store();
    store_interposer();
    snprintf(format, sizeof format, "ls %%s/*.%s >name", suffix);
    run(format, cache_path);
    FILE *in = fopen("name", "r");
    ck_assert_int_eq(fscanf(in, "%199s", path), 1);
    fclose(in);
    in = fopen(path, "r");
    size_t size = fread(bytes, 1, sizeof bytes, in);
    fclose(in);
    ck_assert_uint_lt(size, sizeof bytes);
    for (size_t length = 0; length <= size; length++) {
        write_bytes(path, bytes, length);
        ck_assert_msg(is_taken() == (length == size), "cut to %zu of %zu bytes", length, size);
    }
    for (size_t i = 0; i < size; i++) {
        bytes[i] = (char)~bytes[i];
        write_bytes(path, bytes, size);
        bytes[i] = (char)~bytes[i];
        ck_assert_msg(!is_taken(), "with byte %zu changed", i);
    }
    write_bytes(path, bytes, size);
    ck_assert(is_taken());
}

START_TEST(a_damaged_list_is_not_taken)
{
    assert_damage_is_noticed("list", load);
}
END_TEST

START_TEST(a_damaged_plan_is_not_taken)
{
    assert_damage_is_noticed("plan", load);
}
END_TEST

START_TEST(an_interposer_is_there_in_the_next_run)
{
    struct stat status;
    open_cache("@wait", PLAN_AUTO);
    ck_assert(!load_interposer());
    store_interposer();
    open_cache("@wait", PLAN_AUTO);
    ck_assert(load_interposer());
    ck_assert_int_eq(stat("session/interposer", &status), 0);
    ck_assert_uint_eq(status.st_mode & 0777, 0555);
}
END_TEST

START_TEST(other_libraries_have_another_interposer)
{
    open_cache("@wait", PLAN_AUTO);
    store_interposer();
    identities[0] = 9; /* another program */
    ck_assert(load_interposer());
    identities[1] = 3, identities[2] = 2; /* in another order, others come first */
    ck_assert(!load_interposer());
    identities[1] = 2, identities[2] = 4;
    ck_assert(!load_interposer());
    identities[2] = 3;
    ck_assert(load_interposer());
    open_cache("@wait,fopen", PLAN_AUTO);
    ck_assert(!load_interposer());
}
END_TEST

START_TEST(a_damaged_interposer_is_not_taken)
{
    assert_damage_is_noticed("so", load_interposer);
}
END_TEST

START_TEST(a_damaged_sum_is_not_taken)
{
    assert_damage_is_noticed("sum", load_interposer);
}
END_TEST

START_TEST(an_interposer_that_is_a_link_is_not_taken)
{
    open_cache("@wait", PLAN_AUTO);
    store_interposer();
    run("cd %s && mv *.so elsewhere && ln -s elsewhere $(basename *.sum .sum).so", cache_path);
    ck_assert(!load_interposer());
}
END_TEST

START_TEST(what_is_there_is_not_overwritten)
{
    open_cache("@wait", PLAN_AUTO);
    store_interposer();
    struct plan_file files[3], *pointers[3];
    set_files(files, pointers);
    write_file("session/interposer", "another's");
    ck_assert(!plan_cache_load_interposer(&cache, pointers, 3, "session/interposer"));
    ck_assert(is_there("session/interposer", "another's"));
}
END_TEST

START_TEST(what_is_no_file_is_not_taken)
{
    static const char *const ways[] = {"ln -s /etc/passwd", "mkfifo", "mkdir", "true"};
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        for (int is_list = 0; is_list <= 1; is_list++) {
            char format[200];
            open_cache("@wait", PLAN_AUTO);
            store();
            ck_assert(load());
            snprintf(format, sizeof format, "for file in %%s/*.%s; do rm $file && %s $file; done",
                is_list ? "list" : "plan", ways[i]);
            run(format, cache_path);
            ck_assert(!load());
            run("rm -r %s", cache_path);
        }
    }
}
END_TEST

START_TEST(a_cache_that_has_grown_too_large_is_emptied)
{
    open_cache("@wait", PLAN_AUTO);
    store();
    run("cd %s && seq 3000 | xargs touch", cache_path);
    ck_assert(load());
    store();
    ck_assert(load());
    run("[ $(ls %s | wc -l) -lt 10 ]", cache_path);
    run("cd %s && seq 3000 | xargs touch", cache_path);
    store_interposer();
    ck_assert(load_interposer());
    run("[ $(ls %s | wc -l) -lt 10 ]", cache_path);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("plan_cache");
    TCase *tests = tcase_create("plan_cache");
    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, what_was_stored_is_there_in_the_next_run);
    tcase_add_test(tests, a_file_that_has_changed_has_no_plan);
    tcase_add_test(tests, other_leaves_or_another_policy_have_other_plans);
    tcase_add_test(tests, another_planner_makes_other_plans);
    tcase_add_test(tests, where_there_are_no_plans_the_list_is_kept);
    tcase_add_test(tests, names_that_debug_files_may_have_are_looked_for_each_time);
    tcase_add_test(tests, a_directory_that_others_may_write_to_is_not_used);
    tcase_add_test(tests, a_symbolic_link_in_its_place_is_not_followed);
    tcase_add_test(tests, a_damaged_list_is_not_taken);
    tcase_add_test(tests, a_damaged_plan_is_not_taken);
    tcase_add_test(tests, an_interposer_is_there_in_the_next_run);
    tcase_add_test(tests, other_libraries_have_another_interposer);
    tcase_add_test(tests, a_damaged_interposer_is_not_taken);
    tcase_add_test(tests, a_damaged_sum_is_not_taken);
    tcase_add_test(tests, an_interposer_that_is_a_link_is_not_taken);
    tcase_add_test(tests, what_is_there_is_not_overwritten);
    tcase_add_test(tests, what_is_no_file_is_not_taken);
    tcase_add_test(tests, a_cache_that_has_grown_too_large_is_emptied);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
