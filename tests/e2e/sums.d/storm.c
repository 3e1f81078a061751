/*
 * storm.c - a timer interrupts hits at any instruction, and its handler hits as well.
 *
 * usage: storm HITS [alternate]     with "alternate" on an alternate signal stack
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>
#include <unistd.h>

static int zero;
static volatile long hits;

__attribute__((noinline)) static void hit_in_handler(int depth)
{
    char byte;
    if (depth > 0) {
        hit_in_handler(depth - 1);
        __asm__ volatile("");
        return;
    }
    if (read(zero, &byte, 1) == 1)
        hits++;
}

static void on_timer(int number)
{
    (void)number;
    hit_in_handler((int)(hits & 15));
}

/* `way` says at each depth from which of two places the next call is made. */
__attribute__((noinline)) static void hit(int depth, unsigned way)
{
    char byte;
    if (depth == 0) {
        if (read(zero, &byte, 1) == 1)
            __atomic_fetch_add(&hits, 1, __ATOMIC_RELAXED);
        return;
    }
    if (way >> (depth & 3) & 1) {
        hit(depth - 1, way);
        __asm__ volatile("nop");
    } else {
        hit(depth - 1, way);
        __asm__ volatile("");
    }
}

int main(int argc, char **argv)
{
    long rounds = argc > 1 ? atol(argv[1]) : 100000;
    stack_t stack = {.ss_sp = malloc(1 << 16), .ss_size = 1 << 16};
    struct sigaction action = {
        .sa_handler = on_timer, .sa_flags = SA_RESTART | (argc > 2 ? SA_ONSTACK : 0)};
    struct itimerval often = {{0, 30}, {0, 30}}, never = {{0, 0}, {0, 0}};
    zero = open("/dev/zero", O_RDONLY);
    sigaltstack(&stack, NULL);
    sigaction(SIGALRM, &action, NULL);
    setitimer(ITIMER_REAL, &often, NULL);
    for (long i = 0; i < rounds; i++)
        hit(3 + (int)(i % 13), (unsigned)(i % 16));
    setitimer(ITIMER_REAL, &never, NULL);
    printf("hits %ld\n", hits);
    return 0;
}
