/*
 * thread.c - what the library keeps for each thread, and who may use it when.
 */
#include "thread.h"

#include <asm/errno.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "clock.h"
#include "kernel.h"
#include "segment.h"
#include "forbidden.h"

/* A new thread looks at so many others for one that has ended, so that making threads
 * stays cheap where thousands are alive. */
#define TAKE_OVER_TRIES 8

/* initial-exec: the general model may call malloc at the first use (glibc). */
static __thread struct thread *self __attribute__((tls_model("initial-exec")));

static struct thread *_Atomic threads;
static struct thread *_Atomic cursor;

static bool has_ended(int32_t tid)
{
    return KERNEL_CALL2(SYS_tkill, tid, 0) == -ESRCH;
}

/* Claims the memory of a thread that has ended, perhaps under our own id. */
static struct thread *take_over(int32_t tid)
{
    struct thread *candidate = atomic_load_explicit(&cursor, memory_order_acquire);
    for (unsigned tries = 0; tries < TAKE_OVER_TRIES; tries++) {
        if (candidate == NULL)
            candidate = atomic_load_explicit(&threads, memory_order_acquire);
        if (candidate == NULL)
            return NULL;
        int32_t owner = atomic_load_explicit(&candidate->tid, memory_order_relaxed);
        atomic_store_explicit(&cursor, candidate->next, memory_order_release);
        if ((owner == tid || has_ended(owner)) &&
            atomic_compare_exchange_strong_explicit(
                &candidate->tid, &owner, tid, memory_order_acq_rel, memory_order_relaxed))
            return candidate;
        candidate = candidate->next;
    }
    return NULL;
}

static struct thread *create(int32_t tid)
{
    struct thread *thread = kernel_map_memory(sizeof *thread);
    if (thread == NULL)
        return NULL;
    atomic_store_explicit(&thread->tid, tid, memory_order_relaxed);
    struct thread *head = atomic_load_explicit(&threads, memory_order_relaxed);
    do
        thread->next = head;
    while (!atomic_compare_exchange_weak_explicit(
        &threads, &head, thread, memory_order_release, memory_order_relaxed));
    return thread;
}

void thread_refresh_name(const struct thread *thread, struct segment *segment)
{
    struct trace_thread *record = &segment_record(segment, thread->record)->thread;
    KERNEL_CALL2(SYS_prctl, PR_GET_NAME, record->name);
}

/* Starts a THREAD record, and stacks that know nothing, for the new owner. */
static bool begin_trace(struct thread *thread, struct segment *segment, uint32_t epoch)
{
    trace_index index = segment_claim(segment, 1);
    if (index == 0)
        return false;
    union trace_record *record = segment_record(segment, index);
    record->thread.tid = atomic_load_explicit(&thread->tid, memory_order_relaxed);
    record->thread.first_ticks = clock_ticks();
    thread->record = index;
    thread_refresh_name(thread, segment);
    segment_publish(record, TRACE_THREAD);
    for (unsigned i = 0; i < THREAD_LEVELS; i++) {
        struct stack *stack = thread->stacks[i];
        if (stack == NULL)
            continue;
        tree_finish(&stack->tree);
        stack_init(stack, segment, index);
    }
    thread->level = 0;
    thread->epoch = epoch;
    return true;
}

struct thread *thread_self(struct segment *segment, uint32_t epoch)
{
    struct thread *thread = self;
    if (__builtin_expect(thread && thread->epoch == epoch, 1))
        return thread;
    int32_t tid = (int32_t)KERNEL_CALL0(SYS_gettid);
    if (thread == NULL)
        thread = take_over(tid);
    if (thread == NULL)
        thread = create(tid);
    if (thread == NULL)
        return NULL;
    /* After a fork the memory is our own copy, and the thread's id another. */
    atomic_store_explicit(&thread->tid, tid, memory_order_relaxed);
    thread->epoch = 0;
    self = thread;
    return begin_trace(thread, segment, epoch) ? thread : NULL;
}

/* Whether we run on the alternate signal stack (sigaltstack(2)). */
static bool is_on_alternate_stack(void)
{
    stack_t stack = {0};
    KERNEL_CALL2(SYS_sigaltstack, NULL, &stack);
    return stack.ss_flags & SS_ONSTACK;
}

/* A handler that interrupts a hit and leaves by longjmp abandons it: its level stays taken.
 * It shows when a hit comes from further out on the same stack than where it worked. */
static void drop_abandoned(struct thread *thread, uint64_t frame)
{
    if (frame <= thread->working_at[thread->level - 1] || is_on_alternate_stack())
        return;
    while (thread->level > 0 && frame > thread->working_at[thread->level - 1]) {
        thread->level--;
        stack_forget(thread->stacks[thread->level]);
    }
}

struct stack *thread_begin(struct thread *thread, struct segment *segment, uint64_t frame)
{
    if (__builtin_expect(thread->level != 0, 0))
        drop_abandoned(thread, frame);
    uint32_t level = thread->level;
    if (level == THREAD_LEVELS)
        return NULL;
    if (thread->stacks[level] == NULL) {
        struct stack *stack = kernel_map_memory(sizeof *stack);
        if (stack == NULL)
            return NULL;
        stack_init(stack, segment, thread->record);
        thread->stacks[level] = stack;
    }
    thread->working_at[level] = frame;
    atomic_signal_fence(memory_order_seq_cst);
    thread->level = level + 1;
    return thread->stacks[level];
}
