/*
 * usage.c - how long a process ran, and how much processor time it took.
 */
#include "trace/usage.h"

#include "trace_format.h"

#define PROCESSORS_MAX 8192                /* of Linux (NR_CPUS) */
#define LATE_MAX       UINT64_C(100000000) /* ns */

static struct usage_moment moment_of(const struct trace_moment *moment)
{
    return (struct usage_moment){moment->ns, moment->user_ns, moment->system_ns};
}

/* The kernel counts processor time later than the time: in a virtual machine by a tick, perhaps. */
bool usage_is_possible(const struct usage_moment *from, const struct usage_moment *to)
{
    if (to->ns < from->ns || to->user_ns < from->user_ns || to->system_ns < from->system_ns)
        return false;
    unsigned __int128 most = (unsigned __int128)(to->ns - from->ns + LATE_MAX) * PROCESSORS_MAX;
    return (unsigned __int128)(to->user_ns - from->user_ns) + (to->system_ns - from->system_ns) <=
           most;
}

bool usage_record_read(
    struct usage_record *record, const struct trace_header *header, uint64_t now_ns)
{
    const struct usage_moment origin = {0, 0, 0};
    struct usage_record read = {
        moment_of(&header->begun), moment_of(&header->ended), header->end, header->status};
    *record = (struct usage_record){.end = TRACE_END_NONE};
    if (read.end == TRACE_END_NONE)
        read.ended = read.begun;
    if (read.end >= TRACE_ENDS || read.begun.ns > header->start_ns || read.ended.ns > now_ns ||
        !usage_is_possible(&origin, &read.begun) || !usage_is_possible(&read.begun, &read.ended))
        return false;
    *record = read;
    return true;
}
