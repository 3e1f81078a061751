/*
 * clock.c - time stamps: the processor's counter if its rate is constant, else CLOCK_MONOTONIC.
 */
#include "base/clock.h"

#include <sys/syscall.h>

#include "base/kernel.h"
#include "base/forbidden.h"

enum trace_clock clock_kind = TRACE_CLOCK_MONOTONIC;

void clock_start(const char *value, arch_find_function *find)
{
    if (value && text_equal(value, "none"))
        clock_kind = TRACE_CLOCK_NONE;
    else if (arch_has_steady_ticks(find))
        clock_kind = TRACE_CLOCK_COUNTER;
}

void clock_stop(void)
{
    clock_kind = TRACE_CLOCK_NONE;
}

uint64_t clock_nanoseconds(int clock)
{
    struct timespec time = {0};
    KERNEL_CALL2(SYS_clock_gettime, clock, &time);
    return (uint64_t)time.tv_sec * UINT64_C(1000000000) + (uint64_t)time.tv_nsec;
}
