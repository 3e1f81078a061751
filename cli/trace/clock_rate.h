/*
 * clock_rate.h - converts the ticks of a trace's clock to nanoseconds.
 */
#ifndef TRACE_CLOCK_RATE_H
#define TRACE_CLOCK_RATE_H

#include <stdbool.h>
#include <stdint.h>

struct trace_header;

/* The speed of the trace's clock: `ticks` take `ns` nanoseconds, and the clock showed `start_ticks`
 * at `start_ns`. */
struct clock_rate {
    uint64_t ticks, ns; /* 0: there are no times */
    uint64_t start_ticks, start_ns;
};

/* Measures it. `has_times` says that times depend on the result; then the measured part of the
 * trace is at least a millisecond long. */
struct clock_rate clock_rate_find(const struct trace_header *header, bool has_times);

uint64_t clock_rate_duration_ns(const struct clock_rate *rate, uint64_t ticks);

/* Returns CLOCK_MONOTONIC at that moment. 0 ticks mean "never"; the result is 0. */
uint64_t clock_rate_moment_ns(const struct clock_rate *rate, uint64_t ticks);

#endif
