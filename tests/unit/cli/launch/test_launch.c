/*
 * test_launch.c - what a program finds when it is run, and how a run ends.
 */
// needs: cli
#include "launch/launch.h"
#include "launch/signals.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "session/session.h"
#include "session_names.h"
#include "suite.h"
#include "trace_format.h"

static char directory[] = "/tmp/test_launch-XXXXXX";
static struct session session;
static struct launch_result result;
static char *problem;

static void set_up(void)
{
    strcpy(strrchr(directory, '-') + 1, "XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(directory));
    ck_assert_int_eq(chmod(directory, 0711), 0); /* else root would take another place */
    ck_assert_int_eq(chdir(directory), 0);
    fclose(fopen("library", "w"));
    chmod("library", 0644);
    setenv("XDG_RUNTIME_DIR", directory, 1);
    unsetenv("LD_PRELOAD");
    unsetenv(SESSION_ENV);
    signals_hold();
    ck_assert_int_eq(session_create(&session, &problem), 0);
}

static void tear_down(void)
{
    session_finish(&session, false);
    signals_release();
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
    const struct launch_wish wish = {.library = library, .path = "/bin/sh", .argv = argv};
    int error = launch(&result, &session, &wish);
    signals_release();
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
    setenv(SESSION_ENV, "/outer", 1);
    setenv("LD_PRELOAD", "/a.so:/lib/of/outer.so:/outer/scoped-trace-interposer.so:/b.so", 1);
    ck_assert_str_eq(run("echo $LD_PRELOAD >out"), expected);
}
END_TEST

START_TEST(a_library_with_a_space_in_its_path_is_put_into_the_session)
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
    ck_assert_int_eq(result.error, 0);
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
    const struct launch_wish wish = {
        .library = "library", .path = "/no/such/program", .argv = argv};
    ck_assert_int_eq(launch(&result, &session, &wish), 0);
    ck_assert_int_eq(result.error, -ENOENT);
}
END_TEST

START_TEST(a_missing_library_is_an_error)
{
    char *argv[] = {"true", NULL};
    const struct launch_wish wish = {.library = "no library", .path = "/bin/true", .argv = argv};
    ck_assert_int_eq(launch(&result, &session, &wish), -ENOENT);
}
END_TEST

/* Lets the program go on, which waits for that. */
static void answer(void *times)
{
    (*(int *)times)++;
    fclose(fopen("out", "w"));
}

START_TEST(who_knocks_is_let_in_once_while_the_program_runs)
{
    int requests[2], times = 0;
    char *argv[] = {
        "sh", "-c", "echo >&$0; echo >&$0; while ! [ -e out ]; do sleep 0.01; done", NULL, NULL};
    ck_assert_int_eq(pipe(requests), 0);
    ck_assert_int_gt(asprintf(&argv[3], "%d", requests[1]), 0);
    const struct launch_wish wish = {.library = "library",
        .path = "/bin/sh",
        .argv = argv,
        .requests = requests[0],
        .on_request = answer,
        .argument = &times};
    ck_assert_int_eq(launch(&result, &session, &wish), 0);
    ck_assert_int_eq(times, 1);
    ck_assert_int_eq(result.status, 0);
    free(argv[3]);
    close(requests[0]);
    close(requests[1]);
}
END_TEST

START_TEST(an_early_signal_reaches_the_program)
{
    raise(SIGUSR1); /* held since before the session was made */
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
    signals_release();
    signal(SIGHUP, SIG_IGN);
    signal(SIGCHLD, SIG_IGN);
    signals_hold();
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
    tcase_add_test(tests, the_program_finds_its_session_in_the_environment);
    tcase_add_test(tests, what_was_preloaded_stays_behind_ours);
    tcase_add_test(tests, an_outer_runs_objects_give_way);
    tcase_add_test(tests, a_library_with_a_space_in_its_path_is_put_into_the_session);
    tcase_add_test(tests, the_exit_status_comes_back);
    tcase_add_test(tests, the_death_signal_comes_back);
    tcase_add_test(tests, what_cannot_be_executed_is_told_from_a_failing_program);
    tcase_add_test(tests, a_missing_library_is_an_error);
    tcase_add_test(tests, who_knocks_is_let_in_once_while_the_program_runs);
    tcase_add_test(tests, an_early_signal_reaches_the_program);
    tcase_add_test(tests, a_signal_is_passed_on);
    tcase_add_test(tests, ignored_signals_stay_ignored);
    tcase_add_test(tests, leaving_as_the_program_exits_as_it_did);
    tcase_add_test(tests, leaving_as_the_program_dies_as_it_did);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
