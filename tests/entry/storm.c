/*
 * storm.c - a signal comes every 30 µs, also within pads: its handler calls a leaf, too.
 *
 * usage: storm SECONDS. Prints how often each leaf was called.
 */
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>

#include "leaf.h"

void framed(void);
void pushing(uint64_t a, uint64_t b);
void tail(void);
void handled(void);

LEAF(handled, handled_really);
LEAF(tail, tail_really);

/* An ordinary prologue: push, mov, push, push, sub. */
__asm__(".text\n"
        ".globl framed\n"
        ".type framed, @function\n"
        ".p2align 4\n"
        "framed:\n"
        ".cfi_startproc\n"
        "pushq %rbp\n"
        ".cfi_def_cfa_offset 16\n"
        ".cfi_offset %rbp, -16\n"
        "movq %rsp, %rbp\n"
        ".cfi_def_cfa_register %rbp\n"
        "pushq %rbx\n"
        ".cfi_offset %rbx, -24\n"
        "xorl %ebx, %ebx\n"
        "popq %rbx\n"
        "popq %rbp\n"
        ".cfi_def_cfa %rsp, 8\n"
        "ret\n"
        ".cfi_endproc\n"
        ".size framed, . - framed\n"
        /* The CFA is by rsp, and changes with each instruction that is displaced. */
        ".globl pushing\n"
        ".type pushing, @function\n"
        ".p2align 4\n"
        "pushing:\n"
        ".cfi_startproc\n"
        "pushq %rdi\n"
        ".cfi_def_cfa_offset 16\n"
        "pushq %rsi\n"
        ".cfi_def_cfa_offset 24\n"
        "pushq %r12\n"
        ".cfi_def_cfa_offset 32\n"
        ".cfi_offset %r12, -32\n"
        "subq $64, %rsp\n"
        ".cfi_def_cfa_offset 96\n"
        "movq 72(%rsp), %rsi\n"
        "addq $64, %rsp\n"
        ".cfi_def_cfa_offset 32\n"
        "popq %r12\n"
        ".cfi_def_cfa_offset 24\n"
        "popq %rsi\n"
        ".cfi_def_cfa_offset 16\n"
        "popq %rdi\n"
        ".cfi_def_cfa_offset 8\n"
        "ret\n"
        ".cfi_endproc\n"
        ".size pushing, . - pushing\n");

static volatile sig_atomic_t handled_count;

IMPLEMENTATION void handled_really(void)
{
    handled_count++;
}

IMPLEMENTATION void tail_really(void)
{
}

static void on_signal(int number)
{
    (void)number;
    handled();
}

int main(int argc, char **argv)
{
    const struct itimerval often = {{0, 30}, {0, 30}}, never = {{0, 0}, {0, 0}};
    time_t end = time(NULL) + (argc > 1 ? atoi(argv[1]) : 1);
    uint64_t rounds = 0;
    signal(SIGALRM, on_signal);
    setitimer(ITIMER_REAL, &often, NULL);
    for (; time(NULL) < end; rounds++) {
        framed();
        pushing(1, 2);
        tail();
    }
    setitimer(ITIMER_REAL, &never, NULL);
    printf("framed %lu %lu\nhandled %d %d\npushing %lu %lu\ntail %lu %lu\n", rounds, rounds,
        handled_count, handled_count, rounds, rounds, rounds, rounds);
    return 0;
}
