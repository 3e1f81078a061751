/*
 * durations.h - how long the calls of each leaf of a snapshot took.
 */
#ifndef TRACE_DURATIONS_H
#define TRACE_DURATIONS_H

#include <stdint.h>

struct clock_rate;
struct records;
struct snapshot;

/* Adds the histograms to the leaves of a snapshot, which are complete, and counts records that
 * belong to no leaf as malformed. places[] has the index of each LEAF record among the nodes of the
 * snapshot; UINT32_MAX: it is not among them. Returns 0 or -errno. */
int durations_read(struct snapshot *snapshot, struct records *records, const uint32_t *places,
    const struct clock_rate *rate);

#endif
