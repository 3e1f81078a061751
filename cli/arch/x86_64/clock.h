/*
 * clock.h - the time stamp counter.
 */
#ifndef ARCH_X86_64_CLOCK_H
#define ARCH_X86_64_CLOCK_H

#include <stdint.h>
#include <x86intrin.h>

static inline uint64_t arch_clock_ticks(void)
{
    return __rdtsc();
}

#endif
