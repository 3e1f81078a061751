/*
 * test_processes.c - which processes of a run are there, and waiting for their end.
 *
 * A process is one of the run when it has mapped a file of the session, which is all that these
 * children do.
 */
// needs: cli
#include "session/processes.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "session/session.h"
#include "suite.h"
#include "trace_format.h"

static char directory[] = "/tmp/test_processes-XXXXXX";
static struct session session;
static struct processes running;

static void write_trace(int pid, uint32_t forks)
{
    char path[256];
    struct trace_header header = {.magic = TRACE_MAGIC, .forks = forks};
    snprintf(path, sizeof path, "%s/%d.0.trace", session.directory, pid);
    FILE *out = fopen(path, "w");
    ck_assert_ptr_nonnull(out);
    fwrite(&header, sizeof header, 1, out);
    fclose(out);
}

static void set_up(void)
{
    char *problem = NULL;
    strcpy(strrchr(directory, '-') + 1, "XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(directory));
    ck_assert_int_eq(chmod(directory, 0711), 0);
    setenv("XDG_RUNTIME_DIR", directory, 1);
    ck_assert_int_eq(session_create(&session, &problem), 0);
    write_trace(1, 1);
}

static void tear_down(void)
{
    processes_finish(&running);
    session_finish(&session, false);
    ck_assert_int_eq(rmdir(directory), 0);
}

static void map_something(void)
{
    char path[256];
    snprintf(path, sizeof path, "%s/1.0.trace", session.directory);
    int fd = open(path, O_RDONLY);
    if (fd < 0 || mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0) == MAP_FAILED)
        _exit(1);
    close(fd);
}

static void sleep_ms(int ms)
{
    nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000}, NULL);
}

/* A process of the run that lives so long, and its child as long again. */
static pid_t start(int ms, int child_ms)
{
    int ready[2];
    char byte;
    ck_assert_int_eq(pipe(ready), 0);
    pid_t pid = fork();
    if (pid == 0) {
        map_something();
        prctl(PR_SET_NAME, "a \033name");
        close(ready[0]);
        close(ready[1]);
        sleep_ms(ms);
        if (child_ms > 0 && fork() == 0)
            sleep_ms(child_ms);
        _exit(0);
    }
    close(ready[1]);
    ck_assert_int_eq(read(ready[0], &byte, 1), 0);
    close(ready[0]);
    return pid;
}

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

START_TEST(a_run_that_is_over_has_none)
{
    ck_assert_int_eq(processes_list(&running, &session), 0);
    ck_assert_uint_eq(running.count, 0);
    ck_assert_int_eq(processes_wait(&session, NULL, 0), 0);
}
END_TEST

START_TEST(a_child_without_a_trace_is_found)
{
    pid_t child = start(10000, 0);
    ck_assert_int_eq(processes_list(&running, &session), 0);
    ck_assert_uint_eq(running.count, 1);
    ck_assert_int_eq(running.list[0].pid, child);
    ck_assert_str_eq(running.list[0].name, "a \033name");
    ck_assert(processes_has(&running, child));
    ck_assert(!processes_has(&running, getpid()));
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
}
END_TEST

START_TEST(what_has_ended_but_was_not_waited_for_does_not_live)
{
    start(0, 0);
    ck_assert_int_eq(processes_settle(&running, &session, NULL), 0);
    ck_assert_uint_eq(running.count, 0);
}
END_TEST

START_TEST(one_that_is_about_to_end_is_given_a_moment)
{
    start(20, 0);
    ck_assert_int_eq(processes_settle(&running, &session, NULL), 0);
    ck_assert_uint_eq(running.count, 0);
}
END_TEST

START_TEST(grandchildren_are_waited_for)
{
    int64_t before = now_ms();
    start(100, 200);
    ck_assert_int_eq(processes_wait(&session, NULL, 0), 0);
    ck_assert_int_ge(now_ms() - before, 290);
    ck_assert_int_eq(processes_list(&running, &session), 0);
    ck_assert_uint_eq(running.count, 0);
}
END_TEST

START_TEST(a_signal_ends_the_waiting)
{
    sigset_t all, before;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &before);
    pid_t child = start(10000, 0);
    raise(SIGINT);
    ck_assert_int_eq(processes_wait(&session, NULL, 0), SIGINT);
    sigprocmask(SIG_SETMASK, &before, NULL); /* it was taken */
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
}
END_TEST

START_TEST(the_waiting_may_have_a_limit)
{
    pid_t child = start(10000, 0);
    ck_assert_int_eq(processes_wait(&session, NULL, 1), -ETIME); /* a time that is over */
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    ck_assert_int_eq(processes_wait(&session, NULL, 1), 0); /* nothing is left to wait for */
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("processes");
    TCase *tests = tcase_create("processes");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, a_run_that_is_over_has_none);
    tcase_add_test(tests, a_child_without_a_trace_is_found);
    tcase_add_test(tests, what_has_ended_but_was_not_waited_for_does_not_live);
    tcase_add_test(tests, one_that_is_about_to_end_is_given_a_moment);
    tcase_add_test(tests, grandchildren_are_waited_for);
    tcase_add_test(tests, a_signal_ends_the_waiting);
    tcase_add_test(tests, the_waiting_may_have_a_limit);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
