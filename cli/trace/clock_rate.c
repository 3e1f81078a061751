/*
 * clock_rate.c - converts the ticks of a trace's clock to nanoseconds.
 */
#include "trace/clock_rate.h"

#include <time.h>

#include "arch/clock.h"
#include "base/nanoseconds.h"
#include "trace_format.h"

#define MILLISECOND UINT64_C(1000000)

static uint64_t multiply_divide(uint64_t value, uint64_t by, uint64_t divisor)
{
    unsigned __int128 result = (unsigned __int128)value * by / divisor;
    return result > UINT64_MAX ? UINT64_MAX : (uint64_t)result;
}

/* Reads both clocks at one moment: of several tries, keeps the one that was interrupted least. */
static void read_clocks(uint64_t *ticks, uint64_t *ns)
{
    uint64_t shortest = UINT64_MAX;
    for (int i = 0; i < 5; i++) {
        uint64_t before = arch_clock_ticks();
        uint64_t between = now_ns();
        uint64_t after = arch_clock_ticks();
        if (after - before >= shortest)
            continue;
        shortest = after - before;
        *ticks = before + (after - before) / 2;
        *ns = between;
    }
}

/* Measures over the time since the program began. If times depend on the result, that time is at
 * least a millisecond; over a shorter one, the time to read the clocks would matter. Rates outside
 * of 0.1 to 10 GHz are not those of a processor: the header is wrong, or was written before a
 * reboot. */
static struct clock_rate measure_counter(const struct trace_header *header, bool has_times)
{
    struct clock_rate none = {0, 0, 0, 0};
    uint64_t ticks = 0, ns = 0;
    read_clocks(&ticks, &ns);
    if (ns < header->start_ns)
        return none;
    if (has_times && ns - header->start_ns < MILLISECOND) {
        nanosleep(&(struct timespec){0, (long)(MILLISECOND - (ns - header->start_ns))}, NULL);
        read_clocks(&ticks, &ns);
    }
    if (ticks <= header->start_ticks)
        return none;
    ticks -= header->start_ticks;
    ns -= header->start_ns;
    if (ticks < ns / 10 || ticks / 10 > ns)
        return none;
    return (struct clock_rate){ticks, ns, header->start_ticks, header->start_ns};
}

struct clock_rate clock_rate_find(const struct trace_header *header, bool has_times)
{
    if (header->clock == TRACE_CLOCK_MONOTONIC)
        return (struct clock_rate){1, 1, 0, 0};
    if (header->clock == TRACE_CLOCK_COUNTER)
        return measure_counter(header, has_times);
    return (struct clock_rate){0, 0, 0, 0};
}

uint64_t clock_rate_duration_ns(const struct clock_rate *rate, uint64_t ticks)
{
    return rate->ticks ? multiply_divide(ticks, rate->ns, rate->ticks) : 0;
}

uint64_t clock_rate_moment_ns(const struct clock_rate *rate, uint64_t ticks)
{
    if (ticks == 0 || rate->ticks == 0)
        return 0;
    if (ticks <= rate->start_ticks)
        return rate->start_ns;
    uint64_t since = clock_rate_duration_ns(rate, ticks - rate->start_ticks);
    return since > UINT64_MAX - rate->start_ns ? UINT64_MAX : rate->start_ns + since;
}
