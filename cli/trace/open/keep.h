/*
 * keep.h - makes of a snapshot what its calls that have not returned say.
 */
#ifndef TRACE_OPEN_KEEP_H
#define TRACE_OPEN_KEEP_H

#include <stdint.h>

struct snapshot;

/* Of each leaf, only the calls that have not returned count from now on: they are its hits, and the
 * ages say how long they have lasted until `now_ns` (CLOCK_MONOTONIC). A thread that has no open
 * call, but whose latest hit has not returned, is in that call: older traces have no open calls.
 * Calls belong to their threads afterwards, and those of suspended fibers to one of their own: see
 * open_calls_split. Returns 0 or -ENOMEM. */
int snapshot_keep_open(struct snapshot *snapshot, uint64_t now_ns);

#endif
