/*
 * wide.c - makes a large trace, and lets the tool have little memory for its report.
 *
 * usage: wide THREADS DEPTH BYTES: so many threads that are there at once, each with the
 * 2^DEPTH paths of a tree of decisions; 0: the main thread alone. The tool may have BYTES of data
 * then.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

static pthread_barrier_t all_there;
static int depth;

static void decide(int left);

__attribute__((noinline)) static void yes(int left)
{
    decide(left);
    __asm__ volatile("");
}

__attribute__((noinline)) static void no(int left)
{
    decide(left);
    __asm__ volatile("");
}

__attribute__((noinline)) static void decide(int left)
{
    if (left == 0) {
        getppid();
    } else {
        yes(left - 1);
        no(left - 1);
    }
    __asm__ volatile("");
}

static void *work(void *argument)
{
    decide(depth);
    pthread_barrier_wait(&all_there);
    return argument;
}

static void run_threads(unsigned count)
{
    pthread_attr_t attributes;
    pthread_t *threads = calloc(count, sizeof *threads);
    pthread_barrier_init(&all_there, NULL, count);
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 64 << 10);
    for (unsigned i = 0; i < count; i++)
        if (pthread_create(&threads[i], &attributes, work, NULL) != 0)
            _exit(77);
    for (unsigned i = 0; i < count; i++)
        pthread_join(threads[i], NULL);
    free(threads);
}

int main(int argc, char **argv)
{
    unsigned threads = argc == 4 ? (unsigned)atoi(argv[1]) : 0;
    struct rlimit limit;
    if (argc != 4)
        return 2;
    depth = atoi(argv[2]);
    if (threads)
        run_threads(threads);
    else
        decide(depth);
    limit.rlim_cur = limit.rlim_max = (rlim_t)atol(argv[3]);
    return prlimit(getppid(), RLIMIT_DATA, &limit, NULL) == 0 ? 0 : 77;
}
