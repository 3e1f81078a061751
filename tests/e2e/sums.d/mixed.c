/*
 * mixed.c - three threads hit leaves of several kinds at once, and the handlers of two timers hit
 * in the middle of them and of each other, on two sorts of stacks: by read (hooked at its entry),
 * sem_trywait (which cannot be, as it jumps back there), work (the program's own) and tail (whose
 * caller it jumps from).
 *
 * usage: mixed SECONDS [libc]     with "libc" not by the program's own
 *
 * With --each --root round_of_hits each round has a tree. Half of the threads have their signal
 * stack in a function's frame, where what a handler has interrupted lies further in than itself.
 */
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define THREADS 3

static int zero;
static sem_t semaphore;
static atomic_long hits, calls;
static int kinds = 4;
static atomic_int is_over;

__attribute__((noipa)) static int work(int value)
{
    return value + 1;
}

__attribute__((noipa)) static int tail(int value)
{
    atomic_fetch_add(&hits, 1);
    return work(value);
}

static void hit(int which)
{
    char byte;
    switch (which % kinds) {
    case 0: atomic_fetch_add(&hits, read(zero, &byte, 1) == 1); return;
    case 1: atomic_fetch_add(&hits, sem_trywait(&semaphore) == -1); return;
    case 2: atomic_fetch_add(&hits, work(1) == 2); return;
    default: atomic_fetch_add(&hits, tail(2) == 3); return;
    }
}

static void on_timer(int number)
{
    static atomic_int which;
    (void)number;
    hit(atomic_fetch_add(&which, 1));
}

__attribute__((noipa)) static void round_of_hits(int from, int deeper)
{
    if (deeper > 0) {
        round_of_hits(from, deeper - 1);
        __asm__ volatile("");
        return;
    }
    for (int i = from; i < from + 5; i++)
        hit(i);
}

static void *run(void *argument)
{
    /* The frame is small enough for all that may be arguments to be copied (calls of the root). */
    char alternate[14 << 10];
    stack_t stack = {.ss_sp = alternate, .ss_size = sizeof alternate};
    if (argument)
        sigaltstack(&stack, NULL);
    for (int i = 0; !is_over; i++) {
        round_of_hits(i, i % 7);
        atomic_fetch_add(&calls, 1);
    }
    stack.ss_flags = SS_DISABLE;
    sigaltstack(&stack, NULL);
    return NULL;
}

/* In the other threads. */
static timer_t ring_often(int number, long nanoseconds, const struct sigaction *action)
{
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = number};
    struct itimerspec often = {{0, nanoseconds}, {0, nanoseconds}};
    timer_t timer;
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, number);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    sigaction(number, action, NULL);
    timer_create(CLOCK_MONOTONIC, &event, &timer);
    timer_settime(timer, 0, &often, NULL);
    return timer;
}

int main(int argc, char **argv)
{
    struct timespec seconds = {.tv_sec = argc > 1 ? atol(argv[1]) : 1};
    struct sigaction action = {.sa_handler = on_timer, .sa_flags = SA_RESTART | SA_ONSTACK};
    pthread_t threads[THREADS];
    timer_t timers[2];
    kinds = argc > 2 ? 2 : kinds;
    zero = open("/dev/zero", O_RDONLY);
    sem_init(&semaphore, 0, 0);
    for (int i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, run, i % 2 ? &zero : NULL);
    for (int i = 0; i < 2; i++)
        timers[i] = ring_often(SIGRTMIN + i, 30000 + 17000 * i, &action);
    nanosleep(&seconds, NULL);
    for (int i = 0; i < 2; i++)
        timer_delete(timers[i]);
    is_over = 1;
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    printf("hits %ld\ncalls %ld\n", hits, calls);
    return 0;
}
