/*
 * values.c - the calls of the root by the value of an argument.
 *
 * Each thread has counted its own calls. Of each value, a part of the snapshot is cut out (cut.h),
 * with the leaves of all threads, of which tree/build.c makes a tree.
 */
#include "tree/calls/values.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/sum.h"
#include "trace/snapshot.h"
#include "tree/build.h"
#include "tree/calls/cut.h"

struct owned_values {
    struct tree_values values; /* first: tree_values_destroy gets its address */
    const struct snapshot *whole;
    struct cut_part *parts; /* of which the trees were made */
    size_t part_count;
};

static int by_what(const void *left, const void *right)
{
    const struct snapshot_value *a = *(const struct snapshot_value *const *)left;
    const struct snapshot_value *b = *(const struct snapshot_value *const *)right;
    if (a->is_rest != b->is_rest)
        return a->is_rest ? 1 : -1;
    return a->value < b->value ? -1 : a->value > b->value;
}

static bool are_of_one(const struct snapshot_value *a, const struct snapshot_value *b)
{
    return a->is_rest == b->is_rest && (a->is_rest || a->value == b->value);
}

/* A value of which nothing is known is shown as a number, or if it is so large as an address. */
#define ADDRESS_LIKE UINT64_C(0x100000000)

static void write_value(const struct snapshot_value *value, char *text, size_t size)
{
    bool is_address = value->form == SNAPSHOT_VALUE_POINTER ||
                      (value->form == SNAPSHOT_VALUE_UNKNOWN && value->value >= ADDRESS_LIKE);
    if (value->form == SNAPSHOT_VALUE_SIGNED)
        snprintf(text, size, "%" PRId64, (int64_t)value->value);
    else if (value->form == SNAPSHOT_VALUE_HIDDEN)
        snprintf(text, size, "#%" PRIu64, value->value);
    else
        snprintf(text, size, is_address ? "0x%" PRIx64 : "%" PRIu64, value->value);
}

static void add_counts(struct tree_value *to, const struct snapshot_value *value)
{
    to->count = add_clamped(to->count, value->count);
    to->open = add_clamped(to->open, value->count - value->ended);
    to->jumped = add_clamped(to->jumped, value->jumped);
    to->total_ns = add_clamped(to->total_ns, value->total_ns);
    to->longest_ns = value->longest_ns > to->longest_ns ? value->longest_ns : to->longest_ns;
    to->thread_count++;
    to->is_incomplete |= value->is_incomplete;
}

static int by_node(const void *key, const void *call)
{
    uint32_t a = *(const uint32_t *)key, b = ((const struct snapshot_open_call *)call)->node;
    return (a > b) - (a < b);
}

static bool has_open_call(const struct snapshot *snapshot, uint32_t node)
{
    return snapshot->open_call_count > 0 &&
           bsearch(&node, snapshot->open_calls, snapshot->open_call_count,
               sizeof *snapshot->open_calls, by_node) != NULL;
}

/* For which value a leaf waits is known if it was hit with one value only. */
static void count_leaf(const struct cut *cut, const struct snapshot *whole,
    const struct snapshot_value *value, const struct snapshot_call_leaf *leaf)
{
    const struct snapshot_leaf *of_whole = cut_whole_leaf(cut, leaf->node);
    struct snapshot_leaf *to = cut_leaf(cut, leaf->node);
    cut_count(cut, leaf->node, 1, leaf->hits, leaf->total_ns);
    if (value->count == value->ended || to->hits != of_whole->hits ||
        !has_open_call(whole, leaf->node))
        return;
    to->returns = of_whole->returns;
    to->entered_ns = of_whole->entered_ns;
}

static bool make_part(struct cut *cut, const struct snapshot *whole,
    const struct snapshot_value *const *values, size_t count, struct cut_part *part)
{
    size_t leaves = 0;
    for (size_t i = 0; i < count; i++)
        leaves += values[i]->leaf_count;
    if (!cut_begin(cut, leaves))
        return false;
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < values[i]->leaf_count; k++)
            cut_take(cut, values[i]->leaves[k].node);
    if (!cut_end(cut, part))
        return false;
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < values[i]->leaf_count; k++)
            count_leaf(cut, whole, values[i], &values[i]->leaves[k]);
    return true;
}

/* Adds the value that `count` threads have counted. */
static bool tree_values_add(struct owned_values *owned, struct cut *cut,
    const struct snapshot_value *const *values, size_t count, struct symbols *symbols,
    const struct tree_options *options)
{
    struct tree_value value = {.is_rest = values[0]->is_rest};
    struct cut_part *part = &owned->parts[owned->part_count];
    for (size_t i = 0; i < count; i++)
        add_counts(&value, values[i]);
    if (value.count == 0)
        return true; /* the first call is about to begin */
    if (!value.is_rest)
        write_value(values[0], value.text, sizeof value.text);
    if (!make_part(cut, owned->whole, values, count, part))
        return false;
    owned->part_count++;
    const struct tree_origin origin = {owned->whole, part->origins, 1};
    struct tree_options of_calls = *options;
    of_calls.is_one_call = true;
    of_calls.origin = &origin;
    value.tree = tree_create(&part->snapshot, symbols, &of_calls);
    if (value.tree == NULL)
        return false;
    struct tree_values *all = &owned->values;
    all->list[all->count++] = value;
    all->kept += !value.is_rest;
    all->call_count = add_clamped(all->call_count, value.count);
    all->total_ns = add_clamped(all->total_ns, value.total_ns);
    return true;
}

static bool tree_values_add_all(struct owned_values *owned, struct cut *cut,
    const struct snapshot_value *const *sorted, size_t count, struct symbols *symbols,
    const struct tree_options *options)
{
    for (size_t i = 0, end; i < count; i = end) {
        for (end = i + 1; end < count && are_of_one(sorted[i], sorted[end]);)
            end++;
        if (!tree_values_add(owned, cut, sorted + i, end - i, symbols, options))
            return false;
    }
    return true;
}

static int by_time(const void *left, const void *right)
{
    const struct tree_value *a = left, *b = right;
    if (a->is_rest != b->is_rest)
        return a->is_rest ? 1 : -1;
    if (a->total_ns != b->total_ns)
        return a->total_ns < b->total_ns ? 1 : -1;
    return a->count < b->count ? 1 : a->count > b->count ? -1 : 0;
}

static uint64_t count_hits_outside(
    const struct tree_process *process, const struct tree_values *values)
{
    uint64_t all = add_clamped(process->hits, process->outside_hits), within = 0;
    for (size_t i = 0; i < values->count; i++)
        within = add_clamped(within, values->list[i].tree->hits);
    return all > within ? all - within : 0;
}

/* Returns false when out of memory. */
static bool tree_values_fill(struct owned_values *owned, const struct snapshot *snapshot,
    struct cut *cut, struct symbols *symbols, const struct tree_options *options)
{
    size_t count = snapshot->value_count;
    const struct snapshot_value **sorted = calloc(count + 1, sizeof(void *));
    if (sorted == NULL)
        return false;
    for (size_t i = 0; i < count; i++)
        sorted[i] = &snapshot->values[i];
    qsort(sorted, count, sizeof(void *), by_what);
    bool is_filled = tree_values_add_all(owned, cut, sorted, count, symbols, options);
    free(sorted);
    if (owned->values.count > 0)
        qsort(owned->values.list, owned->values.count, sizeof *owned->values.list, by_time);
    return is_filled;
}

struct tree_values *tree_values_create(const struct snapshot *snapshot,
    const struct tree_process *process, struct symbols *symbols, const struct tree_options *options)
{
    struct owned_values *owned = calloc(1, sizeof *owned);
    struct cut *cut = cut_create(snapshot, symbols, options);
    bool is_made = owned && cut;
    if (is_made) {
        owned->whole = snapshot;
        owned->values.list = calloc(snapshot->value_count + 1, sizeof *owned->values.list);
        owned->parts = calloc(snapshot->value_count + 1, sizeof *owned->parts);
        is_made = owned->values.list && owned->parts &&
                  tree_values_fill(owned, snapshot, cut, symbols, options);
    }
    cut_destroy(cut);
    if (is_made)
        owned->values.outside_hits = count_hits_outside(process, &owned->values);
    else
        tree_values_destroy(owned ? &owned->values : NULL);
    return is_made ? &owned->values : NULL;
}

void tree_values_destroy(struct tree_values *values)
{
    if (values == NULL)
        return;
    struct owned_values *owned = (struct owned_values *)values;
    for (size_t i = 0; i < values->count; i++)
        tree_destroy(values->list[i].tree);
    for (size_t i = 0; i < owned->part_count; i++)
        cut_free(&owned->parts[i]);
    free(owned->parts);
    free(values->list);
    free(owned);
}
