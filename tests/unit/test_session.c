/*
 * test_session.c - the session directory: who may make, read and remove what in it.
 */
// needs: cli/session.c cli/message.c
#include "session.h"

#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "trace_format.h"

static char directory[] = "/tmp/test_session-XXXXXX";
static struct session session;
static char *problem;

static void set_up(void)
{
    strcpy(strrchr(directory, '-') + 1, "XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(directory));
    ck_assert_int_eq(chmod(directory, 0711), 0); /* root passes over what others may not enter */
    ck_assert_int_eq(chdir(directory), 0);
    fclose(fopen("library", "w"));
    setenv("XDG_RUNTIME_DIR", directory, 1);
    ck_assert_int_eq(session_create(&session, &problem), 0);
}

static void tear_down(void)
{
    session_finish(&session, false);
    free(problem);
    problem = NULL;
    unlink("library");
    ck_assert_int_eq(rmdir(directory), 0); /* nothing was left behind */
}

static void write_trace(const char *name, uint64_t start_ns, size_t size)
{
    char path[512];
    struct trace_header header = {.magic = TRACE_MAGIC, .start_realtime_ns = start_ns};
    snprintf(path, sizeof path, "%s/%s", session.directory, name);
    FILE *out = fopen(path, "w");
    ck_assert_ptr_nonnull(out);
    ck_assert_uint_eq(fwrite(&header, 1, size, out), size);
    fclose(out);
}

START_TEST(a_session_is_private)
{
    struct stat status;
    ck_assert_int_eq(stat(session.directory, &status), 0);
    ck_assert_uint_eq(status.st_mode & 07777, geteuid() == 0 ? 0711 : 0700);
    ck_assert_int_eq(strncmp(session.directory, directory, strlen(directory)), 0);
    ck_assert_int_eq(strncmp(session.interposer, session.directory, strlen(session.directory)), 0);
}
END_TEST

START_TEST(a_place_that_cannot_be_preloaded_from_is_passed_over)
{
    struct session other;
    ck_assert_int_eq(mkdir("a b", 0700), 0);
    char place[512];
    snprintf(place, sizeof place, "%s/a b", directory);
    setenv("XDG_RUNTIME_DIR", place, 1);
    ck_assert_int_eq(session_create(&other, &problem), 0);
    ck_assert_ptr_null(strchr(other.directory, ' '));
    session_finish(&other, false);
    ck_assert_int_eq(rmdir("a b"), 0);
}
END_TEST

START_TEST(traces_are_sorted_by_their_start)
{
    static const char *const expected[] = {"/9.1.trace", "/7.0.trace", "/8.0.trace", "/1.0.trace"};
    char **paths;
    size_t count;
    write_trace("8.0.trace", 5, sizeof(struct trace_header));
    write_trace("7.0.trace", 5, sizeof(struct trace_header));
    write_trace("9.1.trace", 3, sizeof(struct trace_header));
    write_trace("1.0.trace", 1, 20); /* too short to tell */
    write_trace("2.0.other", 1, sizeof(struct trace_header));
    ck_assert_int_eq(session_traces(&session, &paths, &count), 0);
    ck_assert_uint_eq(count, 4);
    for (size_t i = 0; i < count; i++) {
        ck_assert_str_eq(strrchr(paths[i], '/'), expected[i]);
        free(paths[i]);
    }
    free(paths);
}
END_TEST

START_TEST(a_session_may_be_kept)
{
    char *kept = strdup(session.place);
    write_trace("1.0.trace", 1, sizeof(struct trace_header));
    session_finish(&session, true);
    ck_assert_ptr_null(session.directory);
    ck_assert_int_eq(session_open(&session, kept, &problem), 0);
    free(kept);
}
END_TEST

START_TEST(links_in_a_session_are_not_followed)
{
    char link[512];
    snprintf(link, sizeof link, "%s/link", session.directory);
    ck_assert_int_eq(symlink("../library", link), 0);
    session_finish(&session, false);
    ck_assert_int_eq(access("library", F_OK), 0);
}
END_TEST

START_TEST(what_others_can_write_to_is_not_opened)
{
    struct session other = {0};
    ck_assert_int_eq(chmod(session.place, 0720), 0);
    ck_assert_int_eq(session_open(&other, session.place, &problem), -EPERM);
    ck_assert_ptr_nonnull(strstr(problem, "others can write"));
    ck_assert_ptr_null(other.place);
}
END_TEST

START_TEST(what_is_no_directory_is_not_opened)
{
    struct session other = {0};
    ck_assert_int_eq(session_open(&other, "library", &problem), -ENOTDIR);
    free(problem);
    ck_assert_int_eq(session_open(&other, "nowhere", &problem), -ENOENT);
    free(problem);
    ck_assert_int_eq(session_open(&other, "", &problem), -ENOENT);
}
END_TEST

START_TEST(another_users_session_is_not_opened)
{
    struct session other = {0};
    struct stat status;
    ck_assert_int_eq(stat("/", &status), 0);
    if (status.st_uid == geteuid() && chown(session.place, 65534, 65534) != 0)
        return;
    const char *path = status.st_uid == geteuid() ? session.place : "/";
    ck_assert_int_eq(session_open(&other, path, &problem), -EPERM);
    ck_assert_ptr_nonnull(strstr(problem, "another user"));
}
END_TEST

START_TEST(a_thin_session_has_what_a_report_needs)
{
    write_trace("1.0.trace", 1, sizeof(struct trace_header));
    write_trace(SESSION_NOTES, 1, sizeof(struct trace_header));
    write_trace("fe-1.plan", 1, sizeof(struct trace_header));
    session_thin(&session);
    ck_assert_int_eq(chdir(session.directory), 0);
    ck_assert_int_eq(access("1.0.trace", F_OK), 0);
    ck_assert_int_eq(access(SESSION_NOTES, F_OK), 0);
    ck_assert_int_eq(access("fe-1.plan", F_OK), -1);
    ck_assert_int_eq(chdir(directory), 0);
}
END_TEST

START_TEST(mentions_say_who_has_forked)
{
    struct session_mention *list;
    size_t count;
    struct trace_header header = {.magic = TRACE_MAGIC, .forks = 2};
    char path[512];
    write_trace("8.0.trace", 1, sizeof header);
    snprintf(path, sizeof path, "%s/90.3.trace", session.directory);
    FILE *out = fopen(path, "w");
    fwrite(&header, sizeof header, 1, out);
    fclose(out);
    ck_assert_int_eq(session_mentions(&session, &list, &count), 0);
    ck_assert_uint_eq(count, 2);
    size_t first = list[0].pid == 90;
    ck_assert_int_eq(list[first].pid, 8);
    ck_assert(!list[first].has_forked);
    ck_assert_int_eq(list[1 - first].pid, 90);
    ck_assert(list[1 - first].has_forked);
    free(list);
}
END_TEST

static void count_it(void *argument, const struct session *found)
{
    *(int *)argument += strcmp(found->place, session.place) == 0;
}

START_TEST(a_session_is_found_in_its_place)
{
    int count = 0;
    setenv("TMPDIR", directory, 1); /* the same place twice */
    session_each(count_it, &count);
    unsetenv("TMPDIR");
    ck_assert_int_eq(count, 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("session");
    TCase *tests = tcase_create("session");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, a_session_is_private);
    tcase_add_test(tests, a_place_that_cannot_be_preloaded_from_is_passed_over);
    tcase_add_test(tests, traces_are_sorted_by_their_start);
    tcase_add_test(tests, a_session_may_be_kept);
    tcase_add_test(tests, links_in_a_session_are_not_followed);
    tcase_add_test(tests, what_others_can_write_to_is_not_opened);
    tcase_add_test(tests, what_is_no_directory_is_not_opened);
    tcase_add_test(tests, another_users_session_is_not_opened);
    tcase_add_test(tests, a_thin_session_has_what_a_report_needs);
    tcase_add_test(tests, mentions_say_who_has_forked);
    tcase_add_test(tests, a_session_is_found_in_its_place);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
