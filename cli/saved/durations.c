/*
 * durations.c - the section of a saved file with the histograms of leaves.
 */
#include "saved/parts.h"

#include <stdlib.h>

#include "saved/layout.h"
#include "saved/reader.h"
#include "saved/saved.h"
#include "saved/writer.h"
#include "trace/snapshot.h"

_Static_assert(sizeof(struct histogram) == 32, "a new field of a histogram is saved");

static const char durations_inconsistent[] = "it is damaged";

/* ---- writing ---- */

static void put_histogram(struct writer *writer, const struct histogram *histogram)
{
    writer_number(writer, histogram->is_full ? SAVED_HISTOGRAM_FULL : 0);
    writer_number(writer, histogram->first);
    writer_number(writer, histogram->size);
    for (unsigned i = 0; i < histogram->size; i++)
        writer_number(writer, histogram->counts[i]);
}

static void put_durations(struct writer *writer, const struct snapshot *snapshot)
{
    uint32_t before = 0;
    writer_number(writer, snapshot->durations.count);
    if (snapshot->durations.count == 0)
        return;
    writer_number(writer, snapshot->durations.list[0].histogram.bound_ps);
    for (size_t i = 0; i < snapshot->durations.count; i++) {
        writer_number(writer, snapshot->durations.list[i].node - before);
        put_histogram(writer, &snapshot->durations.list[i].histogram);
        before = snapshot->durations.list[i].node;
    }
}

void saved_put_durations(struct writer *writer, const struct saved *saved)
{
    writer_number(writer, saved->snapshot_count);
    for (size_t i = 0; i < saved->snapshot_count; i++)
        put_durations(writer, saved->snapshots[i]);
}

/* ---- reading ---- */

static struct histogram get_histogram(struct reader *reader)
{
    struct histogram histogram = {.is_full = reader_number(reader) & SAVED_HISTOGRAM_FULL};
    histogram.first = (uint8_t)reader_number_to(reader, HISTOGRAM_BUCKETS - 1);
    histogram.size = (uint8_t)reader_number_to(reader, HISTOGRAM_BUCKETS - histogram.first);
    histogram.counts = reader_take(reader, histogram.size, sizeof *histogram.counts);
    for (unsigned i = 0; i < histogram.size && histogram.counts; i++)
        histogram.counts[i] = reader_number(reader);
    if (histogram.size == 0)
        reader_fail(reader, durations_inconsistent);
    return histogram;
}

/* They are in the order of their nodes, which are leaves. */
static uint32_t get_leaf_node(struct reader *reader, const struct snapshot *snapshot)
{
    size_t count = snapshot->durations.count;
    uint64_t before = count ? snapshot->durations.list[count - 1].node : 0;
    uint64_t step = reader_number_to(reader, snapshot->node_count), node = before + step;
    if (node >= snapshot->node_count || (count > 0 && step == 0) ||
        snapshot->nodes[node].kind != SNAPSHOT_LEAF) {
        reader_fail(reader, durations_inconsistent);
        return 0;
    }
    return (uint32_t)node;
}

static void get_durations(struct reader *reader, struct snapshot *snapshot)
{
    size_t count = reader_number_to(reader, snapshot->node_count), room = 0;
    uint64_t bound_ps = count ? reader_number_to(reader, HISTOGRAM_BOUND_MAX) : 0;
    if (count > 0 && bound_ps == 0)
        reader_fail(reader, durations_inconsistent);
    for (size_t i = 0; i < count; i++) {
        struct leaf_durations durations = {.node = get_leaf_node(reader, snapshot)};
        durations.histogram = get_histogram(reader);
        if (!reader_grow(reader, &snapshot->durations.list, i, &room, sizeof durations))
            return;
        durations.histogram.bound_ps = bound_ps;
        durations.histogram.longest_ns = snapshot->nodes[durations.node].longest_ns;
        snapshot->durations.list[snapshot->durations.count++] = durations;
    }
}

void saved_get_durations(struct reader *reader, struct saved *saved)
{
    if (reader_number(reader) != saved->snapshot_count)
        reader_fail(reader, durations_inconsistent);
    for (size_t i = 0; i < saved->snapshot_count && reader_problem(reader) == NULL; i++)
        get_durations(reader, saved->snapshots[i]);
}
