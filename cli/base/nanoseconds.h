/*
 * nanoseconds.h - the time in nanoseconds. Async-signal-safe.
 */
#ifndef BASE_NANOSECONDS_H
#define BASE_NANOSECONDS_H

#include <stdint.h>
#include <time.h>

static inline uint64_t clock_ns(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* The clock of traces. */
static inline uint64_t now_ns(void)
{
    return clock_ns(CLOCK_MONOTONIC);
}

/* The clock of /proc. */
static inline uint64_t boottime_ns(void)
{
    return clock_ns(CLOCK_BOOTTIME);
}

#endif
