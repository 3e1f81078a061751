/*
 * period.h - what has happened in a process between two snapshots of its trace.
 *
 * It is a snapshot again, so that trees, views and saved files are made of it as of any other. Its
 * usage has the period: from when to when, and the processor time that was taken in it.
 *
 *   hits      the calls that were under way in the period: those that have begun in it, and those
 *             that were open when it began
 *   returns   those of them that are not open at its end
 *   times     only what lies in the period, also of a call that has begun before it
 *   longest   of the whole calls that ended in the period; where that is not known, a time that
 *             none of them has exceeded (histogram.is_longest_most)
 *
 * Open calls keep the moments at which they began, also those before the period. Nodes are left out
 * below which nothing was under way.
 */
#ifndef TRACE_PERIOD_PERIOD_H
#define TRACE_PERIOD_PERIOD_H

#include <stdbool.h>

struct snapshot;

/* Returns whether both are of one trace. A process that executes a program, or forks, has another
 * one, and so has a later process with the same id. */
bool snapshot_is_of_same_trace(const struct snapshot *a, const struct snapshot *b);

/* Makes the snapshot of the time between `former` and `now`. `former` is NULL if the process has
 * begun in the period. Both have their usage (trace/lifetimes.h); `now` must outlive the new one.
 * Counters that have become less count as if nothing had happened. Calls of the root are left out.
 * Returns 0 and a snapshot in *out, to be freed with snapshot_destroy, or -ENOMEM. */
int snapshot_of_period(
    struct snapshot **out, const struct snapshot *former, const struct snapshot *now);

#endif
