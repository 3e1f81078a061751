/*
 * counters.h - what leaves and their objects have counted in a period.
 */
#ifndef TRACE_PERIOD_COUNTERS_H
#define TRACE_PERIOD_COUNTERS_H

#include <stdint.h>

struct snapshot;
struct snapshot_leaf;
struct snapshot_object_calls;
struct snapshot_open_call;

/* Two snapshots of a trace. A zeroed object can be finished. */
struct counters {
    const struct snapshot *former, *now; /* `former` may have no leaves */
    uint64_t from_ns;                    /* when the period began: CLOCK_MONOTONIC */
    uint32_t *former_nodes, *now_nodes;  /* of each leaf: its node; malloc'ed */
    uint32_t *former_leaves; /* of each leaf of `now`: that of `former`, or SNAPSHOT_NONE; malloc'ed
                              */
    struct snapshot_open_call *by_key; /* those of `now`, by node and key; malloc'ed */
};

/* Returns 0 or -ENOMEM. Free it with counters_finish in any case. */
int counters_begin(struct counters *counters, const struct snapshot *former,
    const struct snapshot *now, uint64_t from_ns);
void counters_finish(struct counters *counters);

/* Makes of a leaf of `now` what it has counted in the period. `counts` has room for its histogram.
 */
struct snapshot_leaf counters_of_leaf(
    const struct counters *counters, uint32_t leaf, uint64_t *counts);

/* The same of a leaf's calls for an object. */
struct snapshot_object_calls counters_of_object(
    const struct counters *counters, const struct snapshot_object_calls *calls);

/* Returns when an open call of this snapshot has begun, CLOCK_MONOTONIC: its record may be that of
 * an earlier call, since records are read before the counters. */
uint64_t counters_since(const struct snapshot *snapshot, const struct snapshot_open_call *call);

#endif
