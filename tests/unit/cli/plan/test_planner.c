/*
 * test_planner.c - a process is started that makes the plans; here it is this program again, which
 * answers each request in the way that its path says.
 */
// needs: cli
#include "plan/planner.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hook_plan.h"
#include "leaves/leaves.h"
#include "leaves/tasks.h"
#include "suite.h"

#define FORTY_TWO 42

static char own_path[PATH_MAX];
static struct leaves leaves;
static struct planner planner;
static char *problem;

/* ---- the process ---- */

static bool has_arguments(int count, char **arguments)
{
    static const char *const expected[] = {
        PLANNER_NAME, "/the/session", "1", "ns::root", "tokio\n", "@net", "-send,read"};
    for (int i = 0; i < 7 && i < count; i++)
        if (strcmp(arguments[i], expected[i]) != 0)
            return false;
    return count == 7;
}

static bool has_all_signals_blocked(void)
{
    sigset_t blocked;
    sigprocmask(SIG_SETMASK, NULL, &blocked);
    return sigismember(&blocked, SIGINT) && sigismember(&blocked, SIGTERM);
}

static bool has_no_descriptor_of_ours(void)
{
    for (int fd = 3; fd < 100; fd++)
        if (fcntl(fd, F_GETFD) >= 0)
            return false;
    return true;
}

static bool is_as_asked(const char *question, int count, char **arguments)
{
    if (strcmp(question, "arguments") == 0)
        return has_arguments(count, arguments);
    if (strcmp(question, "signals") == 0)
        return has_all_signals_blocked();
    if (strcmp(question, "descriptors") == 0)
        return has_no_descriptor_of_ours();
    return getenv(question) != NULL;
}

static int be_planner(int count, char **arguments)
{
    struct hook_plan_request request;
    while (recv(STDIN_FILENO, &request, sizeof request, 0) > 0) {
        if (strcmp(request.path, "die") == 0)
            raise(SIGKILL);
        int32_t answer = is_as_asked(request.path, count, arguments) ? FORTY_TWO : -ENOENT;
        if (request.address)
            answer = (int32_t)request.address;
        send(STDIN_FILENO, &answer, sizeof answer, MSG_NOSIGNAL);
    }
    return EXIT_SUCCESS;
}

/* ---- the tests ---- */

static void set_up(void)
{
    static const char *const list[] = {"@net", "-send,read"};
    ck_assert_int_eq(leaves_select(&leaves, list, 2, &problem), 0);
    planner = (struct planner){own_path, "/the/session", &leaves, PLAN_ENTRY_ONLY, -1, 0};
}

static void tear_down(void)
{
    planner_stop(&planner);
    ck_assert_int_eq(planner.connection, -1);
    ck_assert_int_eq(waitpid(-1, NULL, 0), -1); /* no child is left */
    ck_assert_int_eq(errno, ECHILD);
    leaves_finish(&leaves);
    free(problem);
}

static int ask(const char *path, uint64_t address)
{
    static struct hook_plan_request request;
    request.address = address;
    strcpy(request.path, path);
    return planner_ask(&planner, &request);
}

START_TEST(it_starts_when_it_is_first_asked)
{
    ck_assert_int_eq(planner.connection, -1);
    ck_assert_int_eq(ask("/a/file", 7), 7);
    ck_assert_int_ge(planner.connection, 0);
}
END_TEST

START_TEST(one_process_answers_all)
{
    ck_assert_int_eq(ask("/a/file", 7), 7);
    pid_t pid = planner.pid;
    for (int i = 1; i < 100; i++)
        ck_assert_int_eq(ask("/a/file", (uint64_t)i), i);
    ck_assert_int_eq(planner.pid, pid);
}
END_TEST

START_TEST(it_gets_what_selects_the_leaves)
{
    ck_assert_int_eq(leaves_add_tasks(&leaves, "tokio\n", &problem), 0);
    ck_assert_int_eq(leaves_add_root(&leaves, "ns::root", &problem), 0);
    ck_assert_int_eq(ask("arguments", 0), FORTY_TWO);
}
END_TEST

START_TEST(without_calls_of_the_root_there_is_none)
{
    ck_assert_int_eq(ask("arguments", 0), -ENOENT);
}
END_TEST

START_TEST(an_error_of_its_own_comes_back)
{
    ck_assert_int_eq(ask("no such question", 0), -ENOENT);
}
END_TEST

/* Else it would be traced in a run within a run, or find itself under the program's libraries. */
START_TEST(what_is_preloaded_into_the_program_is_not_into_it)
{
    ck_assert_int_eq(setenv("LD_PRELOAD", "/no/such/library.so", 1), 0);
    ck_assert_int_eq(setenv("LD_LIBRARY_PATH", "/no/such/directory", 1), 0);
    ck_assert_int_eq(setenv("LDFLAGS", "-O1", 1), 0);
    ck_assert_int_eq(ask("LD_PRELOAD", 0), -ENOENT);
    ck_assert_int_eq(ask("LD_LIBRARY_PATH", 0), FORTY_TWO);
    ck_assert_int_eq(ask("LDFLAGS", 0), FORTY_TWO);
    unsetenv("LD_PRELOAD");
    unsetenv("LD_LIBRARY_PATH");
}
END_TEST

START_TEST(signals_stay_blocked)
{
    sigset_t all, before;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &before);
    int answer = ask("signals", 0);
    sigprocmask(SIG_SETMASK, &before, NULL);
    ck_assert_int_eq(answer, FORTY_TWO);
}
END_TEST

START_TEST(it_has_no_descriptor_but_the_connection)
{
    close_range(3, ~0U, CLOSE_RANGE_CLOEXEC); /* those of the test's own */
    ck_assert_int_eq(ask("descriptors", 0), FORTY_TWO);
}
END_TEST

START_TEST(a_closed_standard_input_does_no_harm)
{
    int kept = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 100);
    close(STDIN_FILENO);
    ck_assert_int_eq(ask("/a/file", 7), 7);
    planner_stop(&planner);
    ck_assert_int_eq(fcntl(STDIN_FILENO, F_GETFD), -1);
    dup2(kept, STDIN_FILENO);
    close(kept);
}
END_TEST

START_TEST(when_it_dies_the_next_one_is_started)
{
    ck_assert_int_eq(ask("/a/file", 7), 7);
    ck_assert_int_eq(ask("die", 0), -ECHILD);
    ck_assert_int_eq(planner.connection, -1);
    ck_assert_int_eq(ask("/a/file", 8), 8);
}
END_TEST

START_TEST(what_cannot_be_run_is_an_error)
{
    planner.program = "/no/such/program";
    ck_assert_int_eq(ask("/a/file", 7), -ECHILD);
    planner.program = "/dev/null";
    ck_assert_int_eq(ask("/a/file", 7), -ECHILD);
    planner.program = "/bin/true"; /* says nothing */
    ck_assert_int_eq(ask("/a/file", 7), -ECHILD);
}
END_TEST

START_TEST(to_stop_what_does_not_run_does_nothing)
{
    planner_stop(&planner);
    ck_assert_int_eq(ask("/a/file", 7), 7);
    planner_stop(&planner);
    planner_stop(&planner);
}
END_TEST

int main(int argc, char **argv)
{
    if (strcmp(argv[0], PLANNER_NAME) == 0)
        return be_planner(argc, argv);
    if (realpath("/proc/self/exe", own_path) == NULL)
        return EXIT_FAILURE;
    Suite *suite = suite_create("planner");
    TCase *tests = tcase_create("planner");
    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, it_starts_when_it_is_first_asked);
    tcase_add_test(tests, one_process_answers_all);
    tcase_add_test(tests, it_gets_what_selects_the_leaves);
    tcase_add_test(tests, without_calls_of_the_root_there_is_none);
    tcase_add_test(tests, an_error_of_its_own_comes_back);
    tcase_add_test(tests, what_is_preloaded_into_the_program_is_not_into_it);
    tcase_add_test(tests, signals_stay_blocked);
    tcase_add_test(tests, it_has_no_descriptor_but_the_connection);
    tcase_add_test(tests, a_closed_standard_input_does_no_harm);
    tcase_add_test(tests, when_it_dies_the_next_one_is_started);
    tcase_add_test(tests, what_cannot_be_run_is_an_error);
    tcase_add_test(tests, to_stop_what_does_not_run_does_nothing);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
