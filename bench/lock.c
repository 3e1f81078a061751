/*
 * lock.c - the benchmarks' workload for locks: takes and gives back a lock, many times.
 *
 *   usage: lock VARIANT CALLS
 *
 * Prints "hit: WALL CPU PEAK" as hit.c does: nanoseconds for each pair of calls.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t recursive = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
static uint64_t calls;

static void use_free(void)
{
    pthread_mutex_lock(&mutex);
    pthread_mutex_unlock(&mutex);
}

static void use_own(void)
{
    pthread_mutex_lock(&recursive);
    pthread_mutex_unlock(&recursive);
}

static void read_free(void)
{
    pthread_rwlock_rdlock(&rwlock);
    pthread_rwlock_unlock(&rwlock);
}

static void *contend(void *nothing)
{
    for (uint64_t i = 0; i < calls; i++)
        use_free();
    return nothing;
}

static uint64_t now(clockid_t clock)
{
    struct timespec time;
    clock_gettime(clock, &time);
    return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

static void run(void (*use)(void))
{
    for (uint64_t i = 0; i < calls; i++)
        use();
}

static void run_contended(void)
{
    pthread_t other;
    pthread_create(&other, NULL, contend, NULL);
    contend(NULL);
    pthread_join(other, NULL);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*use)(void);
    } variants[] = {{"free", use_free}, {"own", use_own}, {"read", read_free}, {"contended", NULL}};
    if (argc != 3)
        return 2;
    calls = strtoull(argv[2], NULL, 10);
    pthread_mutex_lock(&recursive);
    for (size_t i = 0; i < sizeof variants / sizeof *variants; i++) {
        if (strcmp(variants[i].name, argv[1]) != 0)
            continue;
        uint64_t wall = now(CLOCK_MONOTONIC), cpu = now(CLOCK_PROCESS_CPUTIME_ID);
        if (variants[i].use)
            run(variants[i].use);
        else
            run_contended();
        double per = (double)calls;
        wall = now(CLOCK_MONOTONIC) - wall;
        cpu = now(CLOCK_PROCESS_CPUTIME_ID) - cpu;
        struct rusage usage;
        getrusage(RUSAGE_SELF, &usage);
        printf("hit: %.2f %.2f %ld\n", (double)wall / per, (double)cpu / per, usage.ru_maxrss);
        return 0;
    }
    return 2;
}
