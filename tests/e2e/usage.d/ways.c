/*
 * ways.c - computes, waits and ends in one of several ways.
 *
 * usage: ways WAY [FILE]
 *
 * "child FILE PROGRAM ARGUMENTS..." executes a program in a child and writes into the file what
 * wait4(2) says of it, in nanoseconds:
 *
 *   PID status=NUMBER wall=NS cpu=NS
 *
 * "kill-child" is the same, but kills the child when the file "now" is there. "cpu", "threads",
 * "exec" and "static" write what getrusage(2) says of them into the file, in that form without the
 * status.
 */
#include <linux/seccomp.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define BUSY_NS UINT64_C(100000000)

static char **arguments; /* after the way */

static uint64_t clock_ns(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* Computes for a tenth of a second of this thread's processor time. */
static void compute(void)
{
    uint64_t until = clock_ns(CLOCK_THREAD_CPUTIME_ID) + BUSY_NS;
    while (clock_ns(CLOCK_THREAD_CPUTIME_ID) < until)
        ;
}

static void *compute_in_thread(void *argument)
{
    compute();
    return argument;
}

static void *sleep_in_thread(void *argument)
{
    usleep(100000);
    return argument;
}

static uint64_t cpu_of(const struct rusage *used)
{
    return 1000 * ((uint64_t)(used->ru_utime.tv_sec + used->ru_stime.tv_sec) * 1000000 +
                      (uint64_t)used->ru_utime.tv_usec + (uint64_t)used->ru_stime.tv_usec);
}

static void write_own(uint64_t wall)
{
    struct rusage used;
    FILE *out = fopen(arguments[0], "w");
    getrusage(RUSAGE_SELF, &used);
    fprintf(out, "%d wall=%lu cpu=%lu\n", getpid(), wall, cpu_of(&used));
    fclose(out);
}

static void run_child(int signal)
{
    struct rusage used;
    int status;
    uint64_t before = clock_ns(CLOCK_MONOTONIC);
    pid_t child = vfork();
    if (child == 0) {
        execv(arguments[1], arguments + 1);
        _exit(127);
    }
    while (signal && access("now", F_OK) != 0)
        usleep(1000);
    if (signal)
        kill(child, signal);
    wait4(child, &status, 0, &used);
    uint64_t wall = clock_ns(CLOCK_MONOTONIC) - before;
    FILE *out = fopen(arguments[0], "w");
    fprintf(out, "%d status=%d wall=%lu cpu=%lu\n", child, status, wall, cpu_of(&used));
    fclose(out);
}

static void compute_in_two_threads(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, compute_in_thread, NULL);
    compute();
    pthread_join(thread, NULL);
}

static void lock_twice(void)
{
    static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    pthread_mutex_lock(&mutex);
    pthread_mutex_lock(&mutex);
}

static void end_in_another_thread(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, sleep_in_thread, NULL);
    pthread_exit(NULL);
}

/* The child hits, and so has a trace. */
static void fork_child(void)
{
    usleep(100000);
    pid_t child = fork();
    if (child == 0) {
        usleep(1000);
        compute();
        _exit(7);
    }
    waitpid(child, NULL, 0);
}

static void vfork_child(void)
{
    pid_t child = vfork();
    if (child == 0)
        _exit(5);
    waitpid(child, NULL, 0);
    usleep(100000);
}

/* A child that goes on alone, until somebody writes a file, a minute at most. */
static void leave_child(void)
{
    if (fork() != 0)
        return;
    for (int i = 0; i < 60000 && access("stop", F_OK) != 0; i++)
        usleep(1000);
}

/* The second image is like "cpu". */
static void execute(void)
{
    char *again[] = {"ways", "cpu", arguments[0], NULL};
    compute();
    execv("./ways", again);
}

int main(int argc, char **argv)
{
    const char *way = argc > 1 ? argv[1] : "";
    uint64_t begun = clock_ns(CLOCK_MONOTONIC);
    arguments = argv + 2;
    if (strcmp(way, "child") == 0)
        run_child(0);
    if (strcmp(way, "kill-child") == 0)
        run_child(SIGKILL);
    if (strcmp(way, "sleep") == 0)
        usleep(100000);
    if (strcmp(way, "deadlock") == 0)
        lock_twice();
    if (strcmp(way, "pthread_exit") == 0)
        end_in_another_thread();
    if (strcmp(way, "fork") == 0)
        fork_child();
    if (strcmp(way, "vfork") == 0)
        vfork_child();
    if (strcmp(way, "leave") == 0)
        leave_child();
    if (strcmp(way, "exec") == 0)
        execute();
    if (strcmp(way, "static") == 0)
        execv("./static", (char *[]){"static", "cpu", arguments[0], NULL});
    if (strcmp(way, "threads") == 0)
        compute_in_two_threads();
    if (strncmp(way, "ends-", 5) == 0 || strcmp(way, "cpu") == 0)
        compute();
    if (strcmp(way, "cpu") == 0 || strcmp(way, "threads") == 0)
        write_own(clock_ns(CLOCK_MONOTONIC) - begun);
    if (strcmp(way, "ends-_exit") == 0)
        _exit(4);
    if (strcmp(way, "ends-_Exit") == 0)
        _Exit(5);
    if (strcmp(way, "ends-exit") == 0)
        exit(256 + 6);
    if (strcmp(way, "ends-quick_exit") == 0)
        quick_exit(7);
    if (strcmp(way, "ends-syscall") == 0)
        syscall(SYS_exit_group, 8);
    if (strcmp(way, "ends-abort") == 0)
        abort();
    if (strcmp(way, "ends-kill") == 0)
        kill(getpid(), SIGKILL);
    if (strcmp(way, "ends-strict") == 0 && prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT) == 0)
        syscall(SYS_exit, 9);
    return 3;
}
