/*
 * counter.h - counters of the trace that only one thread writes.
 */
#ifndef COUNTER_H
#define COUNTER_H

#include <stdatomic.h>
#include <stdint.h>

#include "arch.h"

/* Adds with one instruction, so a signal handler of this thread cannot run in the middle. Only one
 * thread writes the counter, so no lock prefix is needed; the reader may read it at any moment. */
static inline void counter_add(_Atomic uint64_t *counter, uint64_t value)
{
    arch_add(counter, value);
}

/* Raises a maximum to the value, for any thread. */
static inline void counter_raise(_Atomic uint64_t *maximum, uint64_t value)
{
    uint64_t former = atomic_load_explicit(maximum, memory_order_relaxed);
    while (value > former && !atomic_compare_exchange_weak_explicit(maximum, &former, value,
                                 memory_order_relaxed, memory_order_relaxed))
        continue;
}

static inline void counter_add_32(_Atomic uint32_t *counter, uint32_t value)
{
    arch_add_32(counter, value);
}

#endif
