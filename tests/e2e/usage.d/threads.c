/*
 * threads.c - threads that compute, that wait and that do not end, in a process that ends in one
 * way. A thread prints, when it is about to end, how long it ran and its processor time.
 *
 * usage: threads exit|_exit|kill|fork|stay [LATER]
 *
 *   NAME ran=NS cpu=NS
 *
 * fork: a child does what "exit" does. With LATER, so many more threads compute one after the
 * other, while 1,100 that end at once have come and gone.
 */
#define _GNU_SOURCE
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define BUSY_NS 30000000

static pthread_t compute_id, wait_id;
static _Atomic int has_hit;

static uint64_t read_clock(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static uint64_t begin_thread(const char *name)
{
    uint64_t begun = read_clock(CLOCK_MONOTONIC);
    prctl(PR_SET_NAME, name);
    usleep(1); /* a hit */
    has_hit = 1;
    return begun;
}

static void end_thread(const char *name, uint64_t begun)
{
    uint64_t cpu = read_clock(CLOCK_THREAD_CPUTIME_ID);
    printf("%s ran=%" PRIu64 " cpu=%" PRIu64 "\n", name, read_clock(CLOCK_MONOTONIC) - begun, cpu);
}

static void *compute(void *argument)
{
    uint64_t begun = begin_thread("computes");
    while (read_clock(CLOCK_THREAD_CPUTIME_ID) < BUSY_NS)
        ;
    end_thread("computes", begun);
    return argument;
}

static void *wait_long(void *argument)
{
    uint64_t begun = begin_thread("waits");
    usleep(100000);
    end_thread("waits", begun);
    pthread_exit(argument);
}

static void *go_on(void *argument)
{
    begin_thread("endless");
    for (;;)
        usleep(10000);
    return argument;
}

/* libc does not see its end. */
static void *end_unseen(void *argument)
{
    begin_thread("unseen");
    syscall(SYS_exit, 0);
    return argument;
}

static void *hit(void *argument)
{
    begin_thread("short");
    return argument;
}

static void run(void *(*function)(void *))
{
    pthread_t id;
    pthread_create(&id, NULL, function, NULL);
    pthread_join(id, NULL);
}

static void run_later(int count)
{
    for (int i = 0; i < 1100; i++)
        run(hit);
    while (count-- > 0)
        run(compute);
}

static void run_threads(int later)
{
    pthread_t endless, unseen;
    pthread_create(&compute_id, NULL, compute, NULL);
    while (!has_hit) /* it is the first one in the process */
        ;
    pthread_create(&wait_id, NULL, wait_long, NULL);
    pthread_create(&endless, NULL, go_on, NULL);
    pthread_create(&unseen, NULL, end_unseen, NULL);
    pthread_join(compute_id, NULL);
    pthread_join(wait_id, NULL);
    if (later)
        run_later(later);
    fflush(stdout);
}

static void end(const char *way)
{
    if (strcmp(way, "_exit") == 0)
        _exit(0);
    if (strcmp(way, "kill") == 0)
        raise(SIGKILL);
    if (strcmp(way, "stay") == 0)
        pause();
}

int main(int argc, char **argv)
{
    const char *way = argc > 1 ? argv[1] : "exit";
    if (strcmp(way, "fork") == 0 && fork() > 0)
        return wait(NULL) < 0;
    run_threads(argc > 2 ? atoi(argv[2]) : 0);
    end(way);
    return 0;
}
