/*
 * durations.c - how long the calls of each leaf of a snapshot took.
 */
#include "trace/durations.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "trace/clock_rate.h"
#include "trace_format.h"

_Static_assert(HISTOGRAM_BUCKETS == TRACE_DURATION_BUCKETS, "all of them");
_Static_assert(HISTOGRAM_FULL == TRACE_DURATION_MAX, "as it is counted");

/* The buckets of one leaf. */
struct buckets {
    uint64_t counts[HISTOGRAM_BUCKETS];
    unsigned first, size; /* those that have calls */
    bool is_full;
};

static void note_bucket(struct buckets *buckets, unsigned bucket, uint32_t count)
{
    if (count == 0)
        return;
    buckets->counts[bucket] = count;
    buckets->first = buckets->size ? buckets->first : bucket;
    buckets->size = bucket - buckets->first + 1;
    buckets->is_full |= count >= TRACE_DURATION_MAX;
}

/* Of a leaf whose records are not behind it, nothing is known. */
static struct buckets read_buckets(
    const union trace_record *records, uint32_t count, trace_index leaf)
{
    struct buckets buckets = {.size = 0};
    for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++) {
        uint32_t at = leaf + 1 + i / TRACE_DURATION_PART;
        if (at >= count || records[at].kind != TRACE_DURATIONS ||
            records[at].durations.node != leaf)
            return (struct buckets){.size = 0};
        note_bucket(&buckets, i, records[at].durations.counts[i % TRACE_DURATION_PART]);
    }
    return buckets;
}

static bool is_read_leaf(
    const union trace_record *records, const uint32_t *places, trace_index index)
{
    return records[index].kind == TRACE_LEAF && places[index] != UINT32_MAX;
}

static int durations_allocate(struct durations *durations, const union trace_record *records,
    uint32_t count, const uint32_t *places)
{
    size_t leaves = 0, counts = 0;
    for (uint32_t i = TRACE_FIRST_RECORD; i < count; i++) {
        if (!is_read_leaf(records, places, i))
            continue;
        unsigned size = read_buckets(records, count, i).size;
        leaves += size > 0;
        counts += size;
    }
    durations->list = calloc(leaves + 1, sizeof *durations->list);
    durations->counts = calloc(counts + 1, sizeof *durations->counts);
    return durations->list && durations->counts ? 0 : -ENOMEM;
}

int durations_read(struct durations *durations, const union trace_record *records, uint32_t count,
    const uint32_t *places, const struct clock_rate *rate)
{
    uint64_t bound_ps = clock_rate_duration_ns(rate, UINT64_C(1000) << TRACE_DURATION_FIRST);
    if (bound_ps == 0)
        return 0; /* there are no times */
    if (durations_allocate(durations, records, count, places) != 0)
        return -ENOMEM;
    uint64_t *counts = durations->counts;
    for (uint32_t i = TRACE_FIRST_RECORD; i < count; i++) {
        if (!is_read_leaf(records, places, i))
            continue;
        struct buckets buckets = read_buckets(records, count, i);
        if (buckets.size == 0)
            continue;
        memcpy(counts, buckets.counts + buckets.first, buckets.size * sizeof *counts);
        durations->list[durations->count++] = (struct leaf_durations){
            places[i], {.counts = counts,
                           .bound_ps = bound_ps,
                           .first = (uint8_t)buckets.first,
                           .size = (uint8_t)buckets.size,
                           .is_full = buckets.is_full}};
        counts += buckets.size;
    }
    return 0;
}

/* Returns whether the record stands behind a leaf, which may not have been published yet. */
static bool has_leaf(const union trace_record *records, trace_index index)
{
    trace_index node = records[index].durations.node;
    if (node < TRACE_FIRST_RECORD || node >= index || index - node >= TRACE_LEAF_RECORDS)
        return false;
    return records[node].kind == TRACE_LEAF || records[node].kind == TRACE_FREE;
}

uint32_t durations_count_astray(const union trace_record *records, uint32_t count)
{
    uint32_t astray = 0;
    for (uint32_t i = TRACE_FIRST_RECORD; i < count; i++)
        astray += records[i].kind == TRACE_DURATIONS && !has_leaf(records, i);
    return astray;
}

static int compare_nodes(const void *key, const void *element)
{
    uint32_t node = *(const uint32_t *)key;
    const struct leaf_durations *durations = element;
    return node < durations->node ? -1 : node > durations->node;
}

const struct histogram *durations_find(const struct durations *durations, uint32_t node)
{
    const struct leaf_durations *found = NULL;
    if (durations->count > 0)
        found = bsearch(
            &node, durations->list, durations->count, sizeof *durations->list, compare_nodes);
    return found ? &found->histogram : NULL;
}

void durations_finish(struct durations *durations)
{
    free(durations->list);
    free(durations->counts);
    *durations = (struct durations){0};
}
