/*
 * test_ends.c - the end of processes that cannot note it.
 *
 * A process is one of the run when it has mapped a file of the session, and left a trace there.
 */
// needs: cli
#include "session/ends.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/nanoseconds.h"
#include "session/session.h"
#include "suite.h"

static char directory[] = "/tmp/test_ends-XXXXXX";
static struct session session;
static struct ends *ends;
static struct process_life *lives;
static pid_t child;

static void set_up(void)
{
    char *problem = NULL;
    strcpy(strrchr(directory, '-') + 1, "XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(directory));
    ck_assert_int_eq(chmod(directory, 0711), 0);
    setenv("XDG_RUNTIME_DIR", directory, 1);
    ck_assert_int_eq(session_create(&session, &problem), 0);
    ends = ends_begin(&session, 1);
    ck_assert_ptr_nonnull(ends);
}

static void tear_down(void)
{
    free(lives);
    lives = NULL;
    if (child > 0 && kill(child, SIGKILL) == 0)
        waitpid(child, NULL, 0);
    session_finish(&session, false);
    ck_assert_int_eq(rmdir(directory), 0);
}

/* A process that works a little, and then waits for ever. */
static void start(bool is_of_run)
{
    char path[256], byte;
    int ready[2];
    ck_assert_int_eq(pipe(ready), 0);
    child = fork();
    snprintf(path, sizeof path, "%s/%d.0.trace", session.directory, child ? child : getpid());
    int fd = open(path, O_RDWR | O_CREAT, 0600);
    ck_assert_int_ge(fd, 0);
    if (child == 0) {
        if (is_of_run)
            mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
        for (volatile int i = 0; i < 10000000; i++)
            ;
        write(ready[1], "", 1);
        for (;;)
            pause();
    }
    close(fd);
    ck_assert_int_eq(read(ready[0], &byte, 1), 1);
    close(ready[0]);
    close(ready[1]);
}

/* Looks until something is watched. */
static void look(void)
{
    while (ends_descriptor(ends) < 0) {
        poll(NULL, 0, ends_pause(ends));
        ends_look(ends);
    }
}

static void kill_child(bool is_waited_for)
{
    siginfo_t info;
    kill(child, SIGKILL);
    ck_assert_int_eq(waitid(P_PID, (id_t)child, &info, WEXITED | (is_waited_for ? 0 : WNOWAIT)), 0);
}

static void assert_readable(void)
{
    struct pollfd polled = {ends_descriptor(ends), POLLIN, 0};
    ck_assert_int_eq(poll(&polled, 1, -1), 1);
    ends_look(ends);
}

START_TEST(the_end_of_a_killed_process_is_seen)
{
    uint64_t before = now_ns();
    start(true);
    look();
    kill_child(false);
    assert_readable();
    uint64_t sum = process_time_sum(child);
    ck_assert_uint_eq(ends_finish(ends, &lives), 1);
    ck_assert_int_eq(lives[0].pid, child);
    ck_assert_uint_gt(lives[0].ended_ns, before);
    ck_assert(lives[0].is_whole);
    ck_assert(lives[0].has_status);
    ck_assert_int_eq(lives[0].status, SIGKILL);
    ck_assert_uint_eq(lives[0].user_ns + lives[0].system_ns, sum);
}
END_TEST

START_TEST(what_was_seen_last_is_known_of_one_that_somebody_has_waited_for)
{
    start(true);
    look();
    kill_child(true);
    assert_readable();
    ck_assert_uint_eq(ends_finish(ends, &lives), 1);
    ck_assert_int_eq(lives[0].pid, child);
    ck_assert(!lives[0].is_whole);
    ck_assert(!lives[0].has_status);
    ck_assert_uint_gt(lives[0].user_ns + lives[0].system_ns, 0);
}
END_TEST

START_TEST(one_that_goes_on_has_no_end)
{
    start(true);
    look();
    ck_assert_uint_eq(ends_finish(ends, &lives), 0);
}
END_TEST

START_TEST(another_process_with_the_number_of_a_trace_is_not_watched)
{
    start(false);
    poll(NULL, 0, ends_pause(ends));
    ends_look(ends);
    kill_child(false);
    ck_assert_uint_eq(ends_finish(ends, &lives), 0);
}
END_TEST

START_TEST(without_memory_nothing_is_watched)
{
    ck_assert_int_eq(ends_descriptor(NULL), -1);
    ck_assert_int_eq(ends_pause(NULL), -1);
    ends_look(NULL);
    ck_assert_uint_eq(ends_finish(NULL, &lives), 0);
    ck_assert_uint_eq(ends_finish(ends, &lives), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("ends");
    TCase *tests = tcase_create("ends");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, the_end_of_a_killed_process_is_seen);
    tcase_add_test(tests, what_was_seen_last_is_known_of_one_that_somebody_has_waited_for);
    tcase_add_test(tests, one_that_goes_on_has_no_end);
    tcase_add_test(tests, another_process_with_the_number_of_a_trace_is_not_watched);
    tcase_add_test(tests, without_memory_nothing_is_watched);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
