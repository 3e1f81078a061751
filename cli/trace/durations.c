/*
 * durations.c - how long the calls of each leaf of a snapshot took.
 *
 * There is one array for the calls of all histograms. So the records are read twice: first for its
 * size.
 */
#include "trace/durations.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/histogram.h"
#include "trace/clock_rate.h"
#include "trace/contents.h"
#include "trace/records.h"
#include "trace_format.h"

_Static_assert(HISTOGRAM_BUCKETS == TRACE_DURATION_BUCKETS, "all of them");
_Static_assert(HISTOGRAM_FULL == TRACE_DURATION_MAX, "as it is counted");

struct durations {
    struct snapshot *snapshot;
    struct records *records;
    const uint32_t *places;
    uint64_t bound_ps;
};

/* Of a leaf whose records are not behind it, nothing is known. */
static bool read_counts(struct records *records, trace_index leaf, uint64_t *counts)
{
    for (unsigned part = 0; part < TRACE_LEAF_RECORDS - 1; part++) {
        union trace_record record;
        uint32_t at = leaf + 1 + part;
        if (at >= records->count || records->kinds[at] != TRACE_DURATIONS)
            return false;
        records_look(records, at, &record);
        if (record.durations.node != leaf)
            return false;
        for (unsigned i = 0; i < TRACE_DURATION_PART; i++)
            counts[part * TRACE_DURATION_PART + i] = record.durations.counts[i];
    }
    return true;
}

/* Returns the leaf of the record; NULL: it is none, or not in the snapshot. */
static struct snapshot_leaf *durations_leaf_at(const struct durations *durations, trace_index index)
{
    const struct snapshot *snapshot = durations->snapshot;
    uint32_t place = durations->places[index];
    if (durations->records->kinds[index] != TRACE_LEAF || place == SNAPSHOT_NONE)
        return NULL;
    return &snapshot->leaves[snapshot->nodes[place].leaf];
}

/* Notes which buckets have calls. Returns their number. */
static size_t measure(
    const struct durations *durations, struct snapshot_leaf *leaf, trace_index index)
{
    uint64_t counts[HISTOGRAM_BUCKETS];
    struct histogram *histogram = &leaf->durations;
    unsigned first = 0, end = HISTOGRAM_BUCKETS;
    if (!read_counts(durations->records, index, counts))
        return 0;
    while (first < end && counts[first] == 0)
        first++;
    while (end > first && counts[end - 1] == 0)
        end--;
    histogram->bound_ps = durations->bound_ps;
    histogram->longest_ns = leaf->longest_ns;
    histogram->first = (uint8_t)first;
    histogram->size = (uint8_t)(end - first);
    return histogram->size;
}

/* The program may have changed the records meanwhile; what is taken of them are the buckets that
 * have room. */
static void durations_fill(
    struct durations *durations, struct histogram *histogram, trace_index index)
{
    uint64_t counts[HISTOGRAM_BUCKETS] = {0};
    read_counts(durations->records, index, counts);
    memcpy(histogram->counts, counts + histogram->first, histogram->size * sizeof *counts);
    for (unsigned i = 0; i < histogram->size; i++)
        histogram->is_full |= histogram->counts[i] >= TRACE_DURATION_MAX;
}

static int fill_all(struct durations *durations, size_t room)
{
    struct snapshot *snapshot = durations->snapshot;
    uint64_t *counts = snapshot->duration_counts = calloc(room + 1, sizeof *counts);
    if (counts == NULL)
        return -ENOMEM;
    for (uint32_t i = TRACE_FIRST_RECORD; i < durations->records->count; i++) {
        struct snapshot_leaf *leaf = durations_leaf_at(durations, i);
        if (leaf == NULL || leaf->durations.size == 0)
            continue;
        leaf->durations.counts = counts;
        counts += leaf->durations.size;
        durations_fill(durations, &leaf->durations, i);
    }
    return durations->records->error;
}

/* Returns whether the record stands behind a leaf, which may not have been published yet. */
static bool has_leaf(struct records *records, trace_index index)
{
    union trace_record record;
    records_look(records, index, &record);
    trace_index node = record.durations.node;
    if (node < TRACE_FIRST_RECORD || node >= index || index - node >= TRACE_LEAF_RECORDS)
        return false;
    return records->kinds[node] == TRACE_LEAF || records->kinds[node] == TRACE_FREE;
}

/* Returns the bound of the first bucket; 0: there are no times, or no clock is so slow. */
static uint64_t first_bound_ps(const struct clock_rate *rate)
{
    uint64_t ps = clock_rate_duration_ns(rate, UINT64_C(1000) << TRACE_DURATION_FIRST);
    return ps <= HISTOGRAM_BOUND_MAX ? ps : 0;
}

int durations_read(struct snapshot *snapshot, struct records *records, const uint32_t *places,
    const struct clock_rate *rate)
{
    size_t room = 0;
    struct durations durations = {snapshot, records, places, first_bound_ps(rate)};
    for (uint32_t i = TRACE_FIRST_RECORD; i < records->count; i++) {
        struct snapshot_leaf *leaf = durations_leaf_at(&durations, i);
        if (leaf && durations.bound_ps)
            room += measure(&durations, leaf, i);
        if (records->kinds[i] == TRACE_DURATIONS)
            snapshot->malformed += !has_leaf(records, i);
    }
    return fill_all(&durations, room);
}
