/*
 * sum.h - sums of numbers that a traced program may have written.
 */
#ifndef BASE_SUM_H
#define BASE_SUM_H

#include <stdint.h>

/* Returns the sum, or UINT64_MAX if it overflows. */
static inline uint64_t add_clamped(uint64_t a, uint64_t b)
{
    return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

#endif
