/*
 * durations.c - the section of a saved file with the histograms of leaves.
 */
#include "saved/parts.h"

#include <stdbool.h>
#include <stddef.h>

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
    writer_number(writer, (histogram->is_full ? SAVED_HISTOGRAM_FULL : 0) |
                              (histogram->is_longest_most ? SAVED_HISTOGRAM_MOST : 0));
    writer_number(writer, histogram->first);
    writer_number(writer, histogram->size);
    for (unsigned i = 0; i < histogram->size; i++)
        writer_number(writer, histogram->counts[i]);
}

/* Returns the histogram of a node; NULL: it is not known, or the node is no leaf. */
static const struct histogram *histogram_of(const struct snapshot *snapshot, size_t node)
{
    const struct snapshot_leaf *leaf = snapshot_leaf_of(snapshot, &snapshot->nodes[node]);
    return leaf && leaf->durations.size > 0 ? &leaf->durations : NULL;
}

static size_t count_histograms(const struct snapshot *snapshot)
{
    size_t count = 0;
    for (size_t i = 0; i < snapshot->leaf_count; i++)
        count += snapshot->leaves[i].durations.size > 0;
    return count;
}

static void put_durations(struct writer *writer, const struct snapshot *snapshot)
{
    size_t before = 0;
    bool is_first = true;
    writer_number(writer, count_histograms(snapshot));
    for (size_t i = 0; i < snapshot->node_count; i++) {
        const struct histogram *histogram = histogram_of(snapshot, i);
        if (histogram == NULL)
            continue;
        if (is_first)
            writer_number(writer, histogram->bound_ps);
        is_first = false;
        writer_number(writer, i - before);
        put_histogram(writer, histogram);
        before = i;
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
    uint64_t flags = reader_number(reader);
    struct histogram histogram = {
        .is_full = flags & SAVED_HISTOGRAM_FULL, .is_longest_most = flags & SAVED_HISTOGRAM_MOST};
    histogram.first = (uint8_t)reader_number_to(reader, HISTOGRAM_BUCKETS - 1);
    histogram.size = (uint8_t)reader_number_to(reader, HISTOGRAM_BUCKETS - histogram.first);
    histogram.counts = reader_take(reader, histogram.size, sizeof *histogram.counts);
    for (unsigned i = 0; i < histogram.size && histogram.counts; i++)
        histogram.counts[i] = reader_number(reader);
    if (histogram.size == 0)
        reader_fail(reader, durations_inconsistent);
    return histogram;
}

/* They are in the order of their nodes. Returns the next leaf; NULL: there is none. */
static struct snapshot_leaf *next_leaf(
    struct reader *reader, const struct snapshot *snapshot, size_t *node)
{
    *node += reader_number_to(reader, snapshot->node_count);
    if (*node >= snapshot->node_count || snapshot->nodes[*node].kind != SNAPSHOT_LEAF)
        return NULL;
    struct snapshot_leaf *leaf = &snapshot->leaves[snapshot->nodes[*node].leaf];
    return leaf->durations.size == 0 ? leaf : NULL;
}

static void get_durations(struct reader *reader, const struct snapshot *snapshot)
{
    size_t count = reader_number_to(reader, snapshot->leaf_count), node = 0;
    uint64_t bound_ps = count ? reader_number_to(reader, HISTOGRAM_BOUND_MAX) : 0;
    if (count > 0 && bound_ps == 0)
        reader_fail(reader, durations_inconsistent);
    for (size_t i = 0; i < count && reader_problem(reader) == NULL; i++) {
        struct snapshot_leaf *leaf = next_leaf(reader, snapshot, &node);
        if (leaf == NULL) {
            reader_fail(reader, durations_inconsistent);
            return;
        }
        leaf->durations = get_histogram(reader);
        leaf->durations.bound_ps = bound_ps;
        leaf->durations.longest_ns = leaf->longest_ns;
    }
}

void saved_get_durations(struct reader *reader, struct saved *saved)
{
    if (reader_number(reader) != saved->snapshot_count)
        reader_fail(reader, durations_inconsistent);
    for (size_t i = 0; i < saved->snapshot_count && reader_problem(reader) == NULL; i++)
        get_durations(reader, saved->snapshots[i]);
}
