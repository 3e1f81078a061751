/*
 * cancels.c - threads are cancelled at random moments while they hit, asynchronously or where they
 * wait; their clean-up handlers and destructors hit as well, and others go on hitting.
 *
 * usage: cancels THREADS
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static int zero;
static pthread_key_t key;
static atomic_long hits, cleaned;
static atomic_int is_over;

static void hit(void)
{
    char byte;
    if (read(zero, &byte, 1) == 1)
        atomic_fetch_add(&hits, 1);
}

static void clean_up(void *argument)
{
    (void)argument;
    hit();
    atomic_fetch_add(&cleaned, 1);
}

static void *run_until_cancelled(void *is_asynchronous)
{
    pthread_setspecific(key, &key);
    pthread_cleanup_push(clean_up, NULL);
    if (is_asynchronous)
        pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, NULL);
    for (;;)
        hit();
    pthread_cleanup_pop(0);
    return NULL;
}

static void *run(void *argument)
{
    while (!is_over)
        hit();
    return argument;
}

int main(int argc, char **argv)
{
    long count = argc > 1 ? atol(argv[1]) : 1000, cancelled = 0;
    pthread_t other, thread;
    void *result;
    zero = open("/dev/zero", O_RDONLY);
    pthread_key_create(&key, clean_up);
    pthread_create(&other, NULL, run, NULL);
    for (long i = 0; i < count; i++) {
        struct timespec shortly = {.tv_nsec = rand() % 300000};
        pthread_create(&thread, NULL, run_until_cancelled, i % 4 ? &zero : NULL);
        nanosleep(&shortly, NULL);
        pthread_cancel(thread);
        pthread_join(thread, &result);
        cancelled += result == PTHREAD_CANCELED;
    }
    is_over = 1;
    pthread_join(other, NULL);
    /* Before it has pushed its handler, a thread has no point where it can be cancelled. */
    printf("cancelled %ld, cleaned up %ld\n", cancelled, cleaned);
    printf("hits %ld at most %ld more\n", hits, count);
    return cancelled != count || cleaned != 2 * count;
}
