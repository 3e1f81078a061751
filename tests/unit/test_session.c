/*
 * test_session.c - the session directory: who may make, read and remove what in it.
 */
// needs: cli/session.c cli/message.c
#include "session.h"

#include <check.h>
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
    ck_assert_uint_eq(status.st_mode & 07777, 0700);
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
    char *kept = strdup(session.directory);
    write_trace("1.0.trace", 1, sizeof(struct trace_header));
    session_finish(&session, true);
    ck_assert_int_eq(access(kept, F_OK), 0);
    session = (struct session){.directory = strdup(kept)};
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
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
