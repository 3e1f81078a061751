/*
 * durations.h - counts how long the calls of a leaf took, by powers of two.
 */
#ifndef DURATIONS_H
#define DURATIONS_H

#include <stdint.h>

#include "base/counter.h"
#include "trace_format.h"

/* The bucket of a call that took `ticks`. */
static inline unsigned durations_bucket(uint64_t ticks)
{
    uint64_t units = ticks >> TRACE_DURATION_FIRST;
    unsigned bucket = units ? 64u - (unsigned)__builtin_clzll(units) : 0;
    return bucket < TRACE_DURATION_BUCKETS ? bucket : TRACE_DURATION_BUCKETS - 1;
}

static inline _Atomic uint32_t *durations_count(struct trace_node *leaf, uint64_t ticks)
{
    unsigned bucket = durations_bucket(ticks);
    struct trace_durations *durations = (struct trace_durations *)(leaf + 1);
    return &durations[bucket / TRACE_DURATION_PART].counts[bucket % TRACE_DURATION_PART];
}

/* For the thread of the leaf only. */
static inline void durations_add(struct trace_node *leaf, uint64_t ticks)
{
    _Atomic uint32_t *count = durations_count(leaf, ticks);
    if (__builtin_expect(atomic_load_explicit(count, memory_order_relaxed) < TRACE_DURATION_MAX, 1))
        counter_add_32(count, 1);
}

/* A call of the leaf took `ticks`. For the thread of the leaf only. */
static inline void durations_add_time(struct trace_node *leaf, uint64_t ticks)
{
    counter_add(&leaf->ticks, ticks);
    if (ticks > atomic_load_explicit(&leaf->longest, memory_order_relaxed))
        atomic_store_explicit(&leaf->longest, ticks, memory_order_relaxed);
    durations_add(leaf, ticks);
}

/* For any thread. The thread of the leaf counts without a lock, and may overwrite it. */
static inline void durations_add_elsewhere(struct trace_node *leaf, uint64_t ticks)
{
    _Atomic uint32_t *count = durations_count(leaf, ticks);
    if (atomic_load_explicit(count, memory_order_relaxed) < TRACE_DURATION_MAX)
        atomic_fetch_add_explicit(count, 1, memory_order_relaxed);
}

#endif
