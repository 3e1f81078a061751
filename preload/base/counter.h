/*
 * counter.h - counters in the trace that one thread writes.
 */
#ifndef COUNTER_H
#define COUNTER_H

#include <stdatomic.h>
#include <stdint.h>

#include "arch.h"

/* Adds with one instruction, which a signal handler of this thread cannot cut in two. The
 * counter has one writing thread, so no lock prefix; the reader may see it at any moment. */
static inline void counter_add(_Atomic uint64_t *counter, uint64_t value)
{
    arch_add(counter, value);
}

#endif
