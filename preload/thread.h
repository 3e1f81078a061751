/*
 * thread.h - what the library keeps for each thread, and who may use it when.
 *
 * A signal handler can hit a leaf while its own thread is in the middle of a walk. So a
 * thread has several stacks (walks, rules, tree), one for each level of such nesting; a hit
 * takes the first free one with thread_begin and gives it back with thread_end.
 *
 * There is no destructor: hits can come after every other one has run. The memory of a
 * thread that has ended is taken over by a later thread, which asks the kernel whether the
 * former owner still exists.
 */
#ifndef THREAD_H
#define THREAD_H

#include <stdbool.h>
#include <stdint.h>

#include "stack.h"

#define THREAD_LEVELS 4

struct thread {
    struct thread *next;                /* all that were ever made */
    _Atomic int32_t tid;                /* the owner */
    uint32_t epoch;                     /* of the trace file that the fields below belong to */
    uint32_t level;                     /* levels in use */
    trace_index record;                 /* THREAD */
    uint64_t working_at[THREAD_LEVELS]; /* where each level's hit has its frame */
    struct stack *stacks[THREAD_LEVELS];
};

/* The calling thread's own, for the trace file of `epoch`, made or taken over at its first hit.
 * NULL when there is no room or no memory. Async-signal-safe. */
struct thread *thread_self(struct segment *segment, uint32_t epoch);

/* Takes the first free stack; `frame` is an address in the caller's stack frame. NULL when
 * handlers are nested too deep, or there is no memory. */
struct stack *thread_begin(struct thread *thread, struct segment *segment, uint64_t frame);

static inline void thread_end(struct thread *thread)
{
    atomic_signal_fence(memory_order_seq_cst);
    thread->level--;
}

/* Reads the thread's name again: threads name themselves late. */
void thread_refresh_name(const struct thread *thread, struct segment *segment);

#endif
