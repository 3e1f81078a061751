/*
 * test_launch.c - the session directory, the environment, and how a run ends.
 */
// needs: cli/launch.c cli/message.c
#include "launch.h"

#include <check.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "trace_format.h"

static char directory[] = "/tmp/test_launch-XXXXXX";
static struct session session;
static struct launch_result result;
static char *problem;

static void set_up(void)
{
    strcpy(strrchr(directory, '-') + 1, "XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(directory));
    ck_assert_int_eq(chmod(directory, 0711), 0); /* root passes over what others may not enter */
    ck_assert_int_eq(chdir(directory), 0);
    fclose(fopen("library", "w"));
    setenv("XDG_RUNTIME_DIR", directory, 1);
    unsetenv("LD_PRELOAD");
    unsetenv(TRACE_SESSION_ENV);
    ck_assert_int_eq(session_create(&session, &problem), 0);
}

static void tear_down(void)
{
    session_finish(&session, false);
    free(problem);
    problem = NULL;
    unlink("library");
    unlink("out");
    ck_assert_int_eq(rmdir(directory), 0); /* nothing was left behind */
}

/* Runs a shell command, and returns the first line of the file "out". The library is an empty
 * file and there is no interposer: what the dynamic linker says of them is not to be seen. */
static const char *run_with(const char *library, const char *command)
{
    static char line[1024];
    char *argv[] = {"sh", "-c", (char *)command, NULL};
    int saved = dup(2);
    ck_assert_ptr_nonnull(freopen("/dev/null", "w", stderr));
    int error = launch(&result, &session, library, "/bin/sh", argv);
    dup2(saved, 2);
    close(saved);
    ck_assert_int_eq(error, 0);
    FILE *in = fopen("out", "r");
    line[0] = '\0';
    if (in != NULL) {
        ck_assert_ptr_nonnull(fgets(line, sizeof line, in));
        line[strcspn(line, "\n")] = '\0';
        fclose(in);
    }
    return line;
}

static const char *run(const char *command)
{
    return run_with("library", command);
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

/* Root's may be entered, by who knows the name of a file. */
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

START_TEST(the_program_finds_its_session_in_the_environment)
{
    ck_assert_str_eq(run("echo $SCOPED_TRACE_SESSION >out"), session.directory);
}
END_TEST

START_TEST(what_was_preloaded_stays_behind_ours)
{
    char expected[1024];
    snprintf(expected, sizeof expected, "%s/library:%s:/a.so:/b.so:/c.so", directory,
        session.interposer);
    setenv("LD_PRELOAD", "/a.so  /b.so:/c.so:", 1);
    ck_assert_str_eq(run("echo $LD_PRELOAD >out"), expected);
}
END_TEST

START_TEST(an_outer_runs_objects_give_way)
{
    char expected[1024];
    snprintf(expected, sizeof expected, "%s/library:%s:/a.so:/b.so", directory, session.interposer);
    setenv(TRACE_SESSION_ENV, "/outer", 1);
    setenv("LD_PRELOAD", "/a.so:/lib/of/outer.so:/outer/scoped-trace-interposer.so:/b.so", 1);
    ck_assert_str_eq(run("echo $LD_PRELOAD >out"), expected);
}
END_TEST

START_TEST(a_library_with_a_space_in_its_path_is_linked)
{
    char expected[1024];
    snprintf(expected, sizeof expected, "%s/libscoped-trace.so:%s", session.directory,
        session.interposer);
    ck_assert_int_eq(rename("library", "a library"), 0);
    const char *line = run_with("a library", "echo $LD_PRELOAD >out");
    ck_assert_int_eq(rename("a library", "library"), 0);
    ck_assert_str_eq(line, expected);
}
END_TEST

START_TEST(the_exit_status_comes_back)
{
    run("exit 7");
    ck_assert(result.is_started);
    ck_assert(WIFEXITED(result.status));
    ck_assert_int_eq(WEXITSTATUS(result.status), 7);
}
END_TEST

START_TEST(the_death_signal_comes_back)
{
    run("kill -KILL $$");
    ck_assert(WIFSIGNALED(result.status));
    ck_assert_int_eq(WTERMSIG(result.status), SIGKILL);
}
END_TEST

START_TEST(what_cannot_be_executed_is_told_from_a_failing_program)
{
    char *argv[] = {"no", NULL};
    ck_assert_int_eq(launch(&result, &session, "library", "/no/such/program", argv), 0);
    ck_assert(!result.is_started);
    ck_assert_int_eq(result.error, ENOENT);
}
END_TEST

START_TEST(a_missing_library_is_an_error)
{
    char *argv[] = {"true", NULL};
    ck_assert_int_eq(launch(&result, &session, "no library", "/bin/true", argv), -ENOENT);
}
END_TEST

START_TEST(an_early_signal_reaches_the_program)
{
    raise(SIGUSR1); /* held since the session was made */
    run("sleep 10");
    ck_assert(WIFSIGNALED(result.status));
    ck_assert_int_eq(WTERMSIG(result.status), SIGUSR1);
}
END_TEST

START_TEST(a_signal_is_passed_on)
{
    char command[128];
    snprintf(command, sizeof command,
        "trap 'echo caught >out; exit 3' TERM; kill -TERM %d & while :; do sleep 0.01; done",
        (int)getpid());
    ck_assert_str_eq(run(command), "caught");
    ck_assert_int_eq(WEXITSTATUS(result.status), 3);
}
END_TEST

START_TEST(ignored_signals_stay_ignored)
{
    session_finish(&session, false);
    signal(SIGHUP, SIG_IGN);
    signal(SIGCHLD, SIG_IGN);
    ck_assert_int_eq(session_create(&session, &problem), 0);
    ck_assert_str_eq(run("kill -HUP $$; echo alive >out"), "alive");
    ck_assert_int_eq(result.status, 0);
    ck_assert_ptr_eq(signal(SIGCHLD, SIG_DFL), SIG_IGN);
    ck_assert_ptr_eq(signal(SIGHUP, SIG_DFL), SIG_IGN);
}
END_TEST

START_TEST(leaving_as_the_program_exits_as_it_did)
{
    int status;
    pid_t child = fork();
    if (child == 0)
        launch_leave_as(0x0500);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0x0500);
}
END_TEST

START_TEST(leaving_as_the_program_dies_as_it_did)
{
    int status;
    pid_t child = fork();
    if (child == 0) {
        signal(SIGTERM, SIG_IGN);
        launch_leave_as(SIGTERM);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFSIGNALED(status));
    ck_assert_int_eq(WTERMSIG(status), SIGTERM);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("launch");
    TCase *tests = tcase_create("launch");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, a_session_is_private);
    tcase_add_test(tests, a_place_that_cannot_be_preloaded_from_is_passed_over);
    tcase_add_test(tests, traces_are_sorted_by_their_start);
    tcase_add_test(tests, a_session_may_be_kept);
    tcase_add_test(tests, links_in_a_session_are_not_followed);
    tcase_add_test(tests, the_program_finds_its_session_in_the_environment);
    tcase_add_test(tests, what_was_preloaded_stays_behind_ours);
    tcase_add_test(tests, an_outer_runs_objects_give_way);
    tcase_add_test(tests, a_library_with_a_space_in_its_path_is_linked);
    tcase_add_test(tests, the_exit_status_comes_back);
    tcase_add_test(tests, the_death_signal_comes_back);
    tcase_add_test(tests, what_cannot_be_executed_is_told_from_a_failing_program);
    tcase_add_test(tests, a_missing_library_is_an_error);
    tcase_add_test(tests, an_early_signal_reaches_the_program);
    tcase_add_test(tests, a_signal_is_passed_on);
    tcase_add_test(tests, ignored_signals_stay_ignored);
    tcase_add_test(tests, leaving_as_the_program_exits_as_it_did);
    tcase_add_test(tests, leaving_as_the_program_dies_as_it_did);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
