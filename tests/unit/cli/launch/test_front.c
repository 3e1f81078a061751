/*
 * test_front.c - what whoever waits for the front sees of the tool.
 */
// needs: cli
#include "launch/front.h"
#include "suite.h"

#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "launch/signals.h"

static int said[2]; /* a pipe from the tool */

static int leave(const struct front *front, void *argument)
{
    front_hand(front, argument, 3);
    return 21;
}

/* Makes a front and its tool, which runs `work`. Returns the front's pid. */
static pid_t start(void (*work)(struct front *front))
{
    ck_assert_int_eq(pipe(said), 0);
    pid_t pid = fork();
    if (pid > 0)
        return pid;
    struct front front;
    signals_hold();
    if (front_make(&front, leave, "abc") != 0)
        _exit(99);
    work(&front);
    _exit(98);
}

static int status_of(pid_t pid)
{
    int status;
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    return status;
}

static void await_end_of(pid_t parent)
{
    while (getppid() == parent)
        usleep(1000);
}

/* Waits for the front before it takes its bytes, so they are there when it has gone. */
static void leave_and_take(struct front *front)
{
    char bytes[4] = "";
    pid_t parent = getppid();
    front_leave(front);
    await_end_of(parent);
    size_t size = front_take(front, bytes, sizeof bytes);
    if (write(said[1], bytes, size) < 0)
        _exit(97);
    _exit(0);
}

START_TEST(it_leaves_when_the_tool_says_so)
{
    char bytes[4] = "";
    int status = status_of(start(leave_and_take));
    ck_assert(WIFEXITED(status));
    ck_assert_int_eq(WEXITSTATUS(status), 21);
    ck_assert_int_eq(read(said[0], bytes, sizeof bytes), 3);
    ck_assert_str_eq(bytes, "abc");
}
END_TEST

static void end_by_itself(struct front *front)
{
    (void)front;
    _exit(7);
}

static void be_killed(struct front *front)
{
    (void)front;
    raise(SIGKILL);
}

START_TEST(it_ends_as_the_tool_does)
{
    int status = status_of(start(end_by_itself));
    ck_assert(WIFEXITED(status));
    ck_assert_int_eq(WEXITSTATUS(status), 7);
    status = status_of(start(be_killed));
    ck_assert(WIFSIGNALED(status));
    ck_assert_int_eq(WTERMSIG(status), SIGKILL);
}
END_TEST

static void take_signal(struct front *front)
{
    int signal = 0;
    sigset_t set;
    (void)front;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    if (write(said[1], "r", 1) == 1 && sigwait(&set, &signal) == 0)
        _exit(signal);
}

START_TEST(what_is_sent_to_it_reaches_the_tool)
{
    char byte;
    pid_t front = start(take_signal);
    ck_assert_int_eq(read(said[0], &byte, 1), 1);
    kill(front, SIGTERM);
    ck_assert_int_eq(WEXITSTATUS(status_of(front)), SIGTERM);
}
END_TEST

static void outlive(struct front *front)
{
    char byte;
    pid_t parent = getppid();
    kill(parent, SIGKILL);
    await_end_of(parent);
    front_leave(front);
    if (write(said[1], front_take(front, &byte, 1) == 0 ? "0" : "1", 1) == 1)
        _exit(0);
}

START_TEST(one_that_was_killed_hands_nothing)
{
    char byte = 0;
    ck_assert(WIFSIGNALED(status_of(start(outlive))));
    ck_assert_int_eq(read(said[0], &byte, 1), 1);
    ck_assert_int_eq(byte, '0');
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("front");
    TCase *tests = tcase_create("front");
    tcase_add_test(tests, it_leaves_when_the_tool_says_so);
    tcase_add_test(tests, it_ends_as_the_tool_does);
    tcase_add_test(tests, what_is_sent_to_it_reaches_the_tool);
    tcase_add_test(tests, one_that_was_killed_hands_nothing);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
