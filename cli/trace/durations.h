/*
 * durations.h - how long the calls of each leaf of a snapshot took.
 */
#ifndef TRACE_DURATIONS_H
#define TRACE_DURATIONS_H

#include <stddef.h>
#include <stdint.h>

#include "base/histogram.h"

struct clock_rate;
union trace_record;

/* Of the calls of a leaf that were left. */
struct leaf_durations {
    uint32_t node; /* the leaf's index among the nodes of the snapshot */
    struct histogram histogram;
};

/* Those of all leaves of which they are known, by node. A zeroed object is empty. */
struct durations {
    struct leaf_durations *list; /* malloc'ed */
    size_t count;
    uint64_t *counts; /* of the histograms; malloc'ed; NULL: they are somebody else's */
};

/* Reads them from the records of a trace. places[] has the index of each LEAF record among the
 * nodes of the snapshot; UINT32_MAX: it is not among them. The longest call of each is left to the
 * caller. Returns 0 or -ENOMEM. */
int durations_read(struct durations *durations, const union trace_record *records, uint32_t count,
    const uint32_t *places, const struct clock_rate *rate);

/* Returns how many DURATIONS records stand behind no leaf. */
uint32_t durations_count_astray(const union trace_record *records, uint32_t count);

/* Returns the histogram of a leaf; NULL: it is not known. */
const struct histogram *durations_find(const struct durations *durations, uint32_t node);

void durations_finish(struct durations *durations);

#endif
