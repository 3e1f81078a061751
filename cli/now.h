/*
 * now.h - CLOCK_MONOTONIC in nanoseconds, as traces have it. Async-signal-safe.
 */
#ifndef NOW_H
#define NOW_H

#include <stdint.h>
#include <time.h>

static inline uint64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

#endif
