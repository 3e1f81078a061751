/*
 * clock.h - time stamps: the processor's counter if its rate is constant, else CLOCK_MONOTONIC.
 *
 * Reading the counter takes 13 ns, clock_gettime takes 34, both on x86-64. The latter is a function
 * of libc or of the vdso, which a hit may not call. The tool converts the ticks, see
 * trace_format.h.
 */
#ifndef CLOCK_H
#define CLOCK_H

#include <stdint.h>
#include <time.h>

#include "arch.h"
#include "trace_format.h"

/* Set once by clock_start. */
extern enum trace_clock clock_kind;

/* Chooses the clock: none if `value` (of SESSION_CLOCK_ENV, or NULL) says so, else the
 * processor's counter if its rate is constant. `find` helps to find that out. A program that may
 * not read the counter does not get this far: the dynamic linker reads it. */
void clock_start(const char *value, arch_find_function *find);

/* From now on no clock may be read: clock_ticks() returns 0. */
void clock_stop(void);

/* Nanoseconds of a clock, as clock_gettime(2) returns them, by system call. */
uint64_t clock_nanoseconds(int clock);

static inline uint64_t clock_ticks(void)
{
    if (__builtin_expect(clock_kind == TRACE_CLOCK_COUNTER, 1))
        return arch_ticks();
    return clock_kind == TRACE_CLOCK_MONOTONIC ? clock_nanoseconds(CLOCK_MONOTONIC) : 0;
}

#endif
