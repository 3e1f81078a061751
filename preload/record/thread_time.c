/*
 * thread_time.c - how long a thread ran, and the processor time that it took.
 */
#include "record/thread_time.h"

#include "base/clock.h"
#include "base/kernel.h"
#include "trace_format.h"
#include "base/forbidden.h"

/* The clock of a thread of this process (Linux, posix-timers_types.h: MAKE_THREAD_CPUCLOCK,
 * CPUCLOCK_SCHED). */
#define CLOCK_OF(tid) ((int)(~(uint32_t)(tid) << 3 | 6))

static __thread uint64_t begun_ticks __attribute__((tls_model("initial-exec")));

void thread_time_note_begin(void)
{
    begun_ticks = clock_ticks();
}

void thread_time_start(struct thread_time *time, struct trace_thread *record, bool has_begun)
{
    time->begun_ticks = has_begun ? begun_ticks : 0;
    time->former_ran_ticks = atomic_load_explicit(&record->ran_ticks, memory_order_relaxed);
    time->former_cpu_ns = atomic_load_explicit(&record->cpu_ns, memory_order_relaxed);
    atomic_store_explicit(&time->is_noted, false, memory_order_relaxed);
    atomic_store_explicit(&record->begun_ticks, time->begun_ticks, memory_order_relaxed);
}

bool thread_time_is_open(const struct thread_time *time)
{
    return time->begun_ticks && !atomic_load_explicit(&time->is_noted, memory_order_relaxed);
}

void thread_time_note(struct thread_time *time, struct trace_thread *record, int32_t tid)
{
    uint64_t cpu_ns = clock_nanoseconds(CLOCK_OF(tid)), now = clock_ticks();
    if (time->begun_ticks == 0 || cpu_ns == 0 || now <= time->begun_ticks)
        return; /* there is no such thread, or no clock */
    atomic_store_explicit(&record->cpu_ns, time->former_cpu_ns + cpu_ns, memory_order_relaxed);
    atomic_store_explicit(&record->ran_ticks, time->former_ran_ticks + (now - time->begun_ticks),
        memory_order_relaxed);
    /* A thread can be noted again: its destructors may call exit(3). */
    if (!atomic_exchange_explicit(&time->is_noted, true, memory_order_relaxed))
        atomic_fetch_add_explicit(&record->timed, 1, memory_order_release);
}
