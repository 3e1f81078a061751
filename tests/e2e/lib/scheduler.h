/*
 * scheduler.h - for targets whose fibers go on in whatever thread takes them: what each thread has.
 */
#ifndef SCHEDULER_H
#define SCHEDULER_H

#include <ucontext.h>

struct fiber;

static __thread ucontext_t scheduler;
static __thread struct fiber *current;

/* Not inlined: the compiler would keep the address of another thread's variable. */
__attribute__((noinline)) static struct fiber **current_fiber(void)
{
    __asm__ volatile("");
    return &current;
}

__attribute__((noinline)) static ucontext_t *own_scheduler(void)
{
    __asm__ volatile("");
    return &scheduler;
}

#endif
