/*
 * test_decoy.c - a signal to one process is told from one to its group.
 */
// needs: cli
#include "launch/decoy.h"
#include "suite.h"

#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static struct decoy decoy;

static void set_up(void)
{
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
    setpgid(0, 0);
    decoy_start(&decoy);
    ck_assert_int_gt(decoy.pid, 0);
}

static void tear_down(void)
{
    decoy_stop(&decoy);
    ck_assert_int_eq(decoy.pid, 0);
}

static void take(int signal)
{
    static const struct timespec no_time;
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, signal);
    ck_assert_int_eq(sigtimedwait(&set, NULL, &no_time), signal);
}

/* As launch.c does. */
static bool take_and_ask(int signal)
{
    decoy_look(&decoy);
    take(signal);
    return decoy_was_hit(&decoy, signal);
}

static bool is_pending(int signal)
{
    sigset_t set;
    sigpending(&set);
    return sigismember(&set, signal) == 1;
}

START_TEST(what_is_sent_to_the_group_hits_it)
{
    kill(0, SIGUSR1);
    ck_assert(take_and_ask(SIGUSR1));
    kill(getpid(), SIGUSR1);
    ck_assert(!take_and_ask(SIGUSR1)); /* the next one is another one */
    kill(0, SIGRTMAX);
    ck_assert(take_and_ask(SIGRTMAX));
}
END_TEST

START_TEST(each_of_several_hits_it)
{
    kill(0, SIGUSR1);
    kill(0, SIGUSR2);
    kill(0, SIGHUP);
    ck_assert(take_and_ask(SIGUSR1));
    ck_assert(take_and_ask(SIGHUP));
    kill(getpid(), SIGHUP);
    ck_assert(!take_and_ask(SIGHUP));
    ck_assert(take_and_ask(SIGUSR2));
}
END_TEST

START_TEST(what_is_sent_to_one_does_not)
{
    kill(getpid(), SIGUSR1);
    kill(0, SIGUSR2);
    ck_assert(!take_and_ask(SIGUSR1));
    ck_assert(take_and_ask(SIGUSR2));
}
END_TEST

/* Sends SIGUSR1 to the group, and waits until the decoy has counted it. */
static void send_to_all(void)
{
    uint32_t before = decoy.counts[SIGUSR1];
    kill(0, SIGUSR1);
    while (decoy.counts[SIGUSR1] == before)
        ;
}

START_TEST(two_that_are_one_here)
{
    send_to_all();
    send_to_all();
    ck_assert(take_and_ask(SIGUSR1));
    ck_assert(!is_pending(SIGUSR1));
    kill(getpid(), SIGUSR1);
    ck_assert(!take_and_ask(SIGUSR1));
}
END_TEST

/* As if the decoy had no processor meanwhile. */
START_TEST(two_that_are_one_there)
{
    kill(decoy.pid, SIGSTOP);
    kill(0, SIGUSR1);
    kill(0, SIGUSR1);
    kill(decoy.pid, SIGCONT);
    ck_assert(take_and_ask(SIGUSR1));
    ck_assert(!is_pending(SIGUSR1));
    kill(getpid(), SIGUSR1);
    ck_assert(!take_and_ask(SIGUSR1));
}
END_TEST

/* Nothing is taken here before the decoy has counted it: what becomes one there does so here. */
START_TEST(another_that_comes_while_the_decoy_has_no_processor)
{
    const struct timespec pause = {.tv_nsec = 20000000};
    kill(decoy.pid, SIGSTOP);
    kill(0, SIGUSR1);
    pid_t child = fork();
    if (child == 0) {
        nanosleep(&pause, NULL);
        kill(0, SIGUSR1);
        kill(decoy.pid, SIGCONT);
        _exit(0);
    }
    ck_assert(take_and_ask(SIGUSR1));
    ck_assert(!is_pending(SIGUSR1));
    waitpid(child, NULL, 0);
}
END_TEST

START_TEST(another_to_all_that_comes_before_the_first_is_asked_about)
{
    send_to_all();
    decoy_look(&decoy);
    take(SIGUSR1);
    send_to_all();
    ck_assert(decoy_was_hit(&decoy, SIGUSR1));
    ck_assert(take_and_ask(SIGUSR1));
    kill(getpid(), SIGUSR1);
    ck_assert(!take_and_ask(SIGUSR1));
}
END_TEST

START_TEST(another_to_one_that_comes_before_the_first_is_asked_about)
{
    send_to_all();
    decoy_look(&decoy);
    take(SIGUSR1);
    kill(getpid(), SIGUSR1);
    ck_assert(decoy_was_hit(&decoy, SIGUSR1));
    ck_assert(!take_and_ask(SIGUSR1));
}
END_TEST

START_TEST(one_to_all_that_comes_before_one_to_one_is_asked_about)
{
    kill(getpid(), SIGUSR1);
    decoy_look(&decoy);
    take(SIGUSR1);
    send_to_all();
    ck_assert(!decoy_was_hit(&decoy, SIGUSR1));
    ck_assert(take_and_ask(SIGUSR1));
}
END_TEST

START_TEST(one_to_all_between_the_look_and_the_taking)
{
    kill(getpid(), SIGUSR2);
    decoy_look(&decoy);
    kill(0, SIGUSR1);
    take(SIGUSR1);
    ck_assert(decoy_was_hit(&decoy, SIGUSR1));
    ck_assert(!take_and_ask(SIGUSR2));
}
END_TEST

/* Those of glibc's threads cannot be blocked (nptl(7)). */
START_TEST(it_does_not_end_of_any_signal_but_ours)
{
    for (int i = 1; i < _NSIG; i++)
        if (i != SIGKILL && i != SIGSTOP && (i < __SIGRTMIN || i >= SIGRTMIN))
            kill(decoy.pid, i);
    ck_assert_int_eq(kill(decoy.pid, 0), 0);
    ck_assert_int_eq(waitpid(decoy.pid, NULL, __WALL | WNOHANG), 0);
}
END_TEST

START_TEST(one_that_was_killed_is_not_waited_for)
{
    kill(decoy.pid, SIGKILL);
    for (int i = 0; i < 10; i++) {
        kill(0, SIGUSR1);
        ck_assert(!take_and_ask(SIGUSR1));
    }
}
END_TEST

START_TEST(it_dies_with_its_parent)
{
    int ends[2];
    char byte;
    pid_t orphan = 0;
    ck_assert_int_eq(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        decoy_start(&decoy);
        (void)!write(ends[1], &decoy.pid, sizeof decoy.pid);
        _exit(0);
    }
    close(ends[1]);
    ck_assert_int_eq(read(ends[0], &orphan, sizeof orphan), sizeof orphan);
    ck_assert_int_eq(read(ends[0], &byte, 1), 0); /* it had that open as well */
    waitpid(child, NULL, 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("decoy");
    TCase *tests = tcase_create("decoy");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, what_is_sent_to_the_group_hits_it);
    tcase_add_test(tests, each_of_several_hits_it);
    tcase_add_test(tests, what_is_sent_to_one_does_not);
    tcase_add_test(tests, two_that_are_one_here);
    tcase_add_test(tests, two_that_are_one_there);
    tcase_add_test(tests, another_that_comes_while_the_decoy_has_no_processor);
    tcase_add_test(tests, another_to_all_that_comes_before_the_first_is_asked_about);
    tcase_add_test(tests, another_to_one_that_comes_before_the_first_is_asked_about);
    tcase_add_test(tests, one_to_all_that_comes_before_one_to_one_is_asked_about);
    tcase_add_test(tests, one_to_all_between_the_look_and_the_taking);
    tcase_add_test(tests, it_does_not_end_of_any_signal_but_ours);
    tcase_add_test(tests, one_that_was_killed_is_not_waited_for);
    tcase_add_test(tests, it_dies_with_its_parent);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
