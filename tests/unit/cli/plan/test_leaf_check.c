/*
 * test_leaf_check.c - what is said of leaves that are not there, cannot be hooked, or were not hit.
 *
 * The program and its library are compiled while the test runs. The program is alone with its
 * library: what the C library has is another test's business.
 */
// needs: tests/unit/cli/plan/stand_in_planner.c cli
#include "plan/leaf_check.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/message.h"
#include "leaves/leaves.h"
#include "plan/plans.h"
#include "program/program.h"
#include "report/format.h"
#include "report/summary.h"
#include "suite.h"
#include "trace/snapshot.h"

static char directory[] = "/tmp/test_leaf_check-XXXXXX";
static struct leaves leaves;
static struct plans *plans;
static struct program program;
static char *files[2];
static char *problem, *warning, *said;
static enum plan_policy policy;
static bool yes_many;

static const char library_source[] =
    "int quiver_length = 3;\n"
    "__attribute__((noinline)) int quiver_open(int x) { return x * 3 + quiver_length; }\n"
    "__attribute__((noinline)) int quiver_close(int x) { return x * 5 + quiver_length; }\n"
    "__asm__(\".globl quiver_short\\n.type quiver_short, @function\\nquiver_short: ret\\n\"\n"
    "        \".size quiver_short, . - quiver_short\\n\"\n"
    "        \".type quiver_secret, @function\\nquiver_secret: ret\\n\"\n"
    "        \".size quiver_secret, . - quiver_secret\\n\");\n";

static const char program_source[] =
    "#include <stdlib.h>\n"
    "int quiver_open(int);\n"
    "#ifdef OPENS\n"
    "void *dlopen(const char *, int);\n"
    "void *pointer = dlopen;\n"
    "#endif\n"
    "__asm__(\".globl arrow_short\\n.type arrow_short, @function\\narrow_short: ret\\n\"\n"
    "        \".size arrow_short, . - arrow_short\\n\");\n"
    "static inline __attribute__((always_inline)) int arrow_inlined(int x) { return x * 7; }\n"
    "__attribute__((noinline)) int arrow_shot(int x) { return quiver_open(x) + rand(); }\n"
    "int main(int count, char **words)\n"
    "{\n"
    "    (void)words;\n"
    "    return arrow_shot(count) + arrow_inlined(rand());\n"
    "}\n";

static void compile(const char *command, const char *source)
{
    FILE *compiler = popen(command, "w");
    fputs(source, compiler);
    ck_assert_int_eq(pclose(compiler), 0);
}

static void set_up(void)
{
    strcpy(strrchr(directory, '-') + 1, "XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(directory));
    ck_assert_int_eq(chdir(directory), 0);
    compile("cc -O1 -g -shared -fPIC -o libquiver.so -x c -", library_source);
    compile("cc -O1 -g -o bow -x c - -x none libquiver.so", program_source);
    files[0] = strdup("bow");
    files[1] = strdup("libquiver.so");
    program = (struct program){
        .path = files[0], .image = files[0], .libraries = files, .library_count = 2};
    policy = PLAN_AUTO;
    yes_many = false;
}

static void forget(void)
{
    plans_destroy(plans);
    leaves_finish(&leaves);
    free(problem);
    free(warning);
    free(said);
    problem = warning = said = NULL;
    plans = NULL;
}

static void tear_down(void)
{
    char command[100];
    forget();
    free(files[0]);
    free(files[1]);
    snprintf(command, sizeof command, "rm -r %s", directory);
    ck_assert_int_eq(system(command), 0);
}

static void add_files(void)
{
    ck_assert_int_eq(plans_create(&plans, "", directory, &leaves, policy), 0);
    for (int i = 0; i < 2; i++)
        ck_assert_int_eq(plans_add(plans, files[i], i == 0), 0);
}

static void make_plans(const char *list)
{
    forget();
    ck_assert_int_eq(leaves_select(&leaves, &list, 1, &problem), 0);
    add_files();
}

static void warn(const char *line)
{
    message(0, "%s", line);
}

/* What is printed on stderr goes to `warning`. */
static int check(void)
{
    size_t size;
    FILE *usual = stderr;
    stderr = open_memstream(&warning, &size);
    int error = leaf_check_before(plans, &leaves, &program, yes_many, warn, &problem);
    fclose(stderr);
    stderr = usual;
    return error;
}

static void assert_right(const char *list)
{
    make_plans(list);
    int error = check();
    ck_assert_msg(error == 0, "%s: %s", list, problem);
    ck_assert_str_eq(warning, "");
}

static void assert_wrong(const char *list, int error, const char *expected)
{
    make_plans(list);
    ck_assert_int_eq(check(), error);
    ck_assert_str_eq(problem, expected);
    ck_assert_str_eq(warning, "");
}

static void take(void *summary, const struct leaf_unhit *unhit)
{
    summary_add_unhit(
        summary, &(struct summary_unhit){unhit->name, unhit->functions, unhit->has_spec,
                     unhit->may_be_missed, unhit->why, unhit->is_refused});
}

static void assert_after(struct snapshot *const *snapshots, size_t count, const char *expected)
{
    size_t size;
    FILE *out = open_memstream(&said, &size);
    struct report_summary summary = {.unhit = NULL};
    leaf_check_after(plans, &leaves, snapshots, count, take, &summary);
    report_format_text.end(&(struct report){.out = out}, &summary);
    summary_finish(&summary);
    fclose(out);
    ck_assert_str_eq(said, expected);
    free(said);
    said = NULL;
}

/* ---- before the run ---- */

START_TEST(functions_that_are_there_are_right)
{
    assert_right("quiver_open");
    assert_right("arrow_shot,quiver_close");
    assert_right("libquiver:quiver_*,bow:arrow_shot");
}
END_TEST

START_TEST(a_function_may_be_asked_for_twice)
{
    assert_right("quiver_*,quiver_open");
    assert_right("quiver_open,libquiver:quiver_*,bow:arrow_shot,arrow_*");
}
END_TEST

START_TEST(a_leaf_may_be_the_root_as_well)
{
    make_plans("quiver_open");
    ck_assert_int_eq(leaves_add_root(&leaves, "quiver_open", &problem), 0);
    plans_destroy(plans);
    add_files();
    int error = check();
    ck_assert_msg(error == 0, "%s", problem);
}
END_TEST

START_TEST(a_missing_leaf_is_answered_with_near_misses)
{
    assert_wrong("quiver_opne", -ENOENT,
        "neither 'bow' nor its libraries have a function 'quiver_opne'; did you mean "
        "'quiver_open'?");
}
END_TEST

START_TEST(a_missing_leaf_like_no_other_is_just_missing)
{
    assert_wrong("nothing_is_called_like_this", -ENOENT,
        "neither 'bow' nor its libraries have a function 'nothing_is_called_like_this'");
}
END_TEST

START_TEST(one_missing_leaf_of_several_is_enough)
{
    assert_wrong("quiver_open,nothing_is_called_like_this,quiver_close", -ENOENT,
        "neither 'bow' nor its libraries have a function 'nothing_is_called_like_this'");
}
END_TEST

START_TEST(a_leaf_of_a_group_may_be_missing)
{
    assert_right("@wait,quiver_open");
}
END_TEST

START_TEST(data_cannot_be_a_leaf)
{
    assert_wrong("quiver_length", -ENOENT,
        "'quiver_length' cannot be a leaf: it is data, not a function, in 'libquiver.so'");
}
END_TEST

START_TEST(data_cannot_be_the_root)
{
    make_plans("quiver_open");
    ck_assert_int_eq(leaves_add_root(&leaves, "quiver_length", &problem), 0);
    ck_assert_int_eq(check(), -ENOENT);
    ck_assert_str_eq(problem,
        "'quiver_length' cannot be the root: it is data, not a function, in 'libquiver.so'");
}
END_TEST

START_TEST(a_function_that_is_inlined_everywhere_cannot_be_hooked)
{
    assert_wrong("arrow_inlined", -ENOENT,
        "'arrow_inlined' cannot be hooked: in 'bow' it exists only inlined, into 'main'; "
        "name one of them");
}
END_TEST

START_TEST(a_function_of_the_program_that_is_too_short_is_refused)
{
    assert_wrong("arrow_short", -EOPNOTSUPP,
        "'arrow_short' cannot be hooked at its entry: it is too short; name a function that calls "
        "it");
}
END_TEST

START_TEST(a_function_that_the_dynamic_linker_binds_may_be_too_short)
{
    assert_right("quiver_short");
}
END_TEST

START_TEST(a_function_that_is_not_exported_may_not_be_too_short)
{
    assert_wrong("quiver_secret", -EOPNOTSUPP,
        "'quiver_secret' cannot be hooked at its entry: it is too short; name a function that "
        "calls it");
}
END_TEST

START_TEST(what_hook_rules_out_is_said)
{
    policy = PLAN_LINKER_ONLY;
    assert_right("quiver_open");
    assert_wrong("arrow_shot", -EOPNOTSUPP,
        "'arrow_shot' cannot be hooked at its entry: --hook=plt rules it out; try --hook=auto");
    policy = PLAN_ENTRY_ONLY;
    assert_right("arrow_shot");
    assert_wrong("quiver_short", -EOPNOTSUPP,
        "'quiver_short' cannot be hooked at its entry: it is too short; try --hook=auto");
}
END_TEST

START_TEST(a_pattern_may_match_what_cannot_be_hooked_beside_what_can)
{
    policy = PLAN_ENTRY_ONLY;
    assert_right("quiver_*");
}
END_TEST

/* A library that is opened later may have it. */
START_TEST(where_code_may_come_later_a_missing_leaf_is_a_warning)
{
    compile("cc -O1 -g -DOPENS -o bow -x c - -x none libquiver.so", program_source);
    make_plans("quiver_opne");
    ck_assert_int_eq(check(), 0);
    ck_assert_str_eq(warning, "scoped-trace: no function 'quiver_opne' in 'bow' and its libraries; "
                              "did you mean 'quiver_open'?\n");
    make_plans("nothing_is_called_like_this");
    ck_assert_int_eq(check(), 0);
    ck_assert_str_eq(warning,
        "scoped-trace: no function 'nothing_is_called_like_this' in 'bow' and its libraries; a "
        "file that is loaded or executed later may have it\n");
}
END_TEST

START_TEST(a_pattern_that_matches_very_many_functions_wants_a_yes)
{
    FILE *compiler = popen("cc -O1 -shared -fPIC -o libquiver.so -x c -", "w");
    for (int i = 0; i <= LEAF_CHECK_MANY; i++)
        fprintf(compiler, "int quiver_%d(int x) { return x * %d; }\n", i, i + 77);
    ck_assert_int_eq(pclose(compiler), 0);
    assert_wrong("quiver_*", -E2BIG,
        "'quiver_*' matches 1001 functions; --yes-many hooks them all, a longer pattern fewer");
    yes_many = true;
    assert_right("quiver_*");
    yes_many = false;
    assert_right("quiver_1*");
}
END_TEST

/* ---- after the run ---- */

static struct snapshot_leaf hit_leaves[1];
static struct snapshot hit = {.leaves = hit_leaves, .leaf_count = 1};
static struct snapshot *const hits[] = {&hit};

static void hit_leaf(const char *leaf)
{
    hit_leaves[0] = (struct snapshot_leaf){.name = leaf, .hits = 1};
}

START_TEST(a_leaf_that_was_hit_needs_no_word)
{
    make_plans("quiver_open,quiver_c*");
    hit_leaf("quiver_open");
    assert_after(hits, 1, "no call of 'quiver_c*' was seen\n");
    hit_leaf("quiver_close");
    assert_after(hits, 1, "no call of 'quiver_open' was seen\n");
}
END_TEST

START_TEST(a_leaf_without_hits_was_not_hit)
{
    make_plans("quiver_open");
    hit_leaf("quiver_open");
    hit_leaves[0].hits = 0;
    assert_after(hits, 1, "no call of 'quiver_open' was seen\n");
}
END_TEST

START_TEST(a_leaf_of_a_group_that_was_not_hit_needs_no_word)
{
    make_plans("@wait");
    assert_after(NULL, 0, "");
}
END_TEST

START_TEST(a_pattern_is_missed_when_none_of_its_functions_was_hit)
{
    make_plans("quiver_*");
    assert_after(NULL, 0, "no call of the 4 functions that 'quiver_*' names was seen\n");
    hit_leaf("quiver_close");
    assert_after(hits, 1, "");
}
END_TEST

START_TEST(that_no_file_had_it_is_said)
{
    make_plans("nothing_is_called_like_this");
    assert_after(NULL, 0,
        "no call of 'nothing_is_called_like_this' was seen: no loaded file has a function of that "
        "name\n");
}
END_TEST

START_TEST(that_it_could_not_be_hooked_is_said)
{
    make_plans("quiver_secret");
    assert_after(NULL, 0,
        "no call of 'quiver_secret' was seen: it cannot be hooked at its entry: it is too "
        "short\n");
}
END_TEST

START_TEST(twins_are_no_functions_of_their_own)
{
    compile("cc -O1 -shared -fPIC -o libquiver.so -x c -",
        "long read(int x) { return x * 7; }\nlong __read_chk(int x) { return x * 9; }\n");
    make_plans("read");
    ck_assert_int_eq(check(), 0);
    assert_after(NULL, 0, "no call of 'read' was seen\n");
}
END_TEST

START_TEST(the_root_is_no_leaf)
{
    make_plans("quiver_open");
    ck_assert_int_eq(leaves_add_root(&leaves, "arrow_shot", &problem), 0);
    hit_leaf("quiver_open");
    assert_after(hits, 1, "");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("leaf_check");
    TCase *tests = tcase_create("leaf_check");
    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, functions_that_are_there_are_right);
    tcase_add_test(tests, a_function_may_be_asked_for_twice);
    tcase_add_test(tests, a_leaf_may_be_the_root_as_well);
    tcase_add_test(tests, a_missing_leaf_is_answered_with_near_misses);
    tcase_add_test(tests, a_missing_leaf_like_no_other_is_just_missing);
    tcase_add_test(tests, one_missing_leaf_of_several_is_enough);
    tcase_add_test(tests, a_leaf_of_a_group_may_be_missing);
    tcase_add_test(tests, data_cannot_be_a_leaf);
    tcase_add_test(tests, data_cannot_be_the_root);
    tcase_add_test(tests, a_function_that_is_inlined_everywhere_cannot_be_hooked);
    tcase_add_test(tests, a_function_of_the_program_that_is_too_short_is_refused);
    tcase_add_test(tests, a_function_that_the_dynamic_linker_binds_may_be_too_short);
    tcase_add_test(tests, a_function_that_is_not_exported_may_not_be_too_short);
    tcase_add_test(tests, what_hook_rules_out_is_said);
    tcase_add_test(tests, a_pattern_may_match_what_cannot_be_hooked_beside_what_can);
    tcase_add_test(tests, where_code_may_come_later_a_missing_leaf_is_a_warning);
    tcase_add_test(tests, a_pattern_that_matches_very_many_functions_wants_a_yes);
    tcase_add_test(tests, a_leaf_that_was_hit_needs_no_word);
    tcase_add_test(tests, a_leaf_without_hits_was_not_hit);
    tcase_add_test(tests, a_leaf_of_a_group_that_was_not_hit_needs_no_word);
    tcase_add_test(tests, a_pattern_is_missed_when_none_of_its_functions_was_hit);
    tcase_add_test(tests, that_no_file_had_it_is_said);
    tcase_add_test(tests, that_it_could_not_be_hooked_is_said);
    tcase_add_test(tests, twins_are_no_functions_of_their_own);
    tcase_add_test(tests, the_root_is_no_leaf);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
