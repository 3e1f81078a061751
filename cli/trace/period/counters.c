/*
 * counters.c - what leaves and their objects have counted in a period.
 *
 * The time of a call is counted when it returns, and then all of it. So from what was counted in
 * the period, the time is taken away that calls had lasted when the period began.
 */
#include "trace/period/counters.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/array.h"
#include "base/sum.h"
#include "trace/snapshot.h"

static uint64_t counters_less(uint64_t a, uint64_t b)
{
    return a > b ? a - b : 0;
}

static uint64_t counters_larger(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

/* ---- open calls ---- */

static int counters_compare_node(const void *key, const void *element)
{
    uint32_t node = *(const uint32_t *)key;
    const struct snapshot_open_call *call = element;
    return node < call->node ? -1 : node > call->node;
}

static const struct snapshot_open_call *open_calls_of(
    const struct snapshot *snapshot, uint32_t node, size_t *count)
{
    size_t first = array_find_run(snapshot->open_calls, snapshot->open_call_count,
        sizeof *snapshot->open_calls, counters_compare_node, &node, count);
    return *count ? &snapshot->open_calls[first] : NULL;
}

static int compare_key(const void *left, const void *right)
{
    const struct snapshot_open_call *a = left, *b = right;
    if (a->node != b->node)
        return a->node < b->node ? -1 : 1;
    return a->key < b->key ? -1 : a->key > b->key;
}

/* If the leaf was entered again since the records were about to be read, the call of the record had
 * returned before that. */
uint64_t counters_since(const struct snapshot *snapshot, const struct snapshot_open_call *call)
{
    size_t count = 0;
    const struct snapshot_leaf *leaf = snapshot_leaf_of(snapshot, &snapshot->nodes[call->node]);
    open_calls_of(snapshot, call->node, &count);
    bool is_older = count == 1 && leaf->entered_ns > call->since_ns && snapshot->listed_ns &&
                    leaf->entered_ns >= snapshot->listed_ns;
    return is_older ? leaf->entered_ns : call->since_ns;
}

/* Returns whether the call, which was open when the period began, still is: `now` has one in the
 * same frame that has begun before the period. */
static bool has_stayed_open(
    const struct counters *counters, const struct snapshot_open_call *call, uint32_t now_node)
{
    const struct snapshot_open_call wanted = {.node = now_node, .key = call->key};
    const struct snapshot_open_call *found = bsearch(
        &wanted, counters->by_key, counters->now->open_call_count, sizeof wanted, compare_key);
    return found && counters_since(counters->now, found) <= counters->from_ns;
}

/* Calls that were open when the period began. */
struct carried {
    uint64_t calls;
    uint64_t ended_ns; /* how long those of them had lasted then that have ended in the period */
};

/* `object`: only calls for that one; OBJECTS_NONE: all. */
static struct carried find_carried(
    const struct counters *counters, uint32_t former_node, uint32_t now_node, uint32_t object)
{
    struct carried carried = {.calls = 0};
    size_t count = 0;
    const struct snapshot_open_call *calls = open_calls_of(counters->former, former_node, &count);
    for (size_t i = 0; i < count; i++) {
        if (object != OBJECTS_NONE && calls[i].object != object)
            continue;
        uint64_t since_ns = counters_since(counters->former, &calls[i]);
        carried.calls++;
        if (since_ns && !has_stayed_open(counters, &calls[i], now_node))
            carried.ended_ns = add_clamped(
                carried.ended_ns, counters_less(counters->from_ns, since_ns));
    }
    return carried;
}

static uint64_t count_open(const struct snapshot *snapshot, uint32_t node, uint32_t object)
{
    size_t count = 0;
    uint64_t open = 0;
    const struct snapshot_open_call *calls = open_calls_of(snapshot, node, &count);
    for (size_t i = 0; i < count; i++)
        open += object == OBJECTS_NONE || calls[i].object == object;
    return open;
}

/* ---- begin ---- */

static uint32_t *find_nodes(const struct snapshot *snapshot)
{
    uint32_t *nodes = calloc(snapshot->leaf_count + 1, sizeof *nodes);
    for (uint32_t i = 0; nodes && i < snapshot->node_count; i++)
        if (snapshot->nodes[i].kind == SNAPSHOT_LEAF)
            nodes[snapshot->nodes[i].leaf] = i;
    return nodes;
}

/* A record stays where it is, and leaves are in the order of their records. */
static uint32_t *find_former_leaves(const struct snapshot *former, const struct snapshot *now)
{
    uint32_t *leaves = malloc((now->leaf_count + 1) * sizeof *leaves), at = 0;
    for (size_t i = 0; leaves && i < now->leaf_count; i++) {
        uint32_t record = now->leaves[i].record;
        while (at < former->leaf_count && former->leaves[at].record < record)
            at++;
        bool is_there = at < former->leaf_count && former->leaves[at].record == record;
        leaves[i] = is_there ? at : SNAPSHOT_NONE;
    }
    return leaves;
}

int counters_begin(struct counters *counters, const struct snapshot *former,
    const struct snapshot *now, uint64_t from_ns)
{
    size_t open = now->open_call_count;
    *counters = (struct counters){.former = former, .now = now, .from_ns = from_ns};
    counters->former_nodes = find_nodes(former);
    counters->now_nodes = find_nodes(now);
    counters->former_leaves = find_former_leaves(former, now);
    counters->by_key = calloc(open + 1, sizeof *counters->by_key);
    if (!counters->former_nodes || !counters->now_nodes || !counters->former_leaves ||
        !counters->by_key)
        return -ENOMEM;
    for (size_t i = 0; i < open; i++)
        counters->by_key[i] = now->open_calls[i];
    qsort(counters->by_key, open, sizeof *counters->by_key, compare_key);
    return 0;
}

void counters_finish(struct counters *counters)
{
    free(counters->former_nodes);
    free(counters->now_nodes);
    free(counters->former_leaves);
    free(counters->by_key);
    *counters = (struct counters){.former = NULL};
}

/* ---- histograms ---- */

static uint64_t count_of(const struct histogram *histogram, unsigned bucket)
{
    bool has = bucket >= histogram->first && bucket - histogram->first < histogram->size;
    return has ? histogram->counts[bucket - histogram->first] : 0;
}

static struct histogram histogram_of_period(
    const struct histogram *former, const struct histogram *now, uint64_t *counts)
{
    struct histogram made = *now;
    unsigned first = now->first, end = first + now->size;
    while (first < end && count_of(now, first) <= count_of(former, first))
        first++;
    while (end > first && count_of(now, end - 1) <= count_of(former, end - 1))
        end--;
    made.counts = counts;
    made.first = (uint8_t)first;
    made.size = (uint8_t)(end - first);
    for (unsigned i = first; i < end; i++)
        counts[i - first] = counters_less(count_of(now, i), count_of(former, i));
    return made;
}

/* ---- leaves ---- */

/* What a leaf, or one of its objects, has counted. */
struct counted {
    uint64_t hits, returns, total_ns;
};

static struct counted subtract(
    struct counted former, struct counted now, struct carried carried, uint64_t open)
{
    uint64_t begun = add_clamped(counters_less(now.hits, former.hits), carried.calls);
    uint64_t ended = counters_less(now.returns, former.returns);
    uint64_t ns = counters_less(now.total_ns, former.total_ns);
    uint64_t hits = counters_larger(counters_larger(begun, ended), open);
    return (struct counted){hits, hits - open, counters_less(ns, carried.ended_ns)};
}

static struct counted counted_of_leaf(const struct snapshot_leaf *leaf)
{
    return (struct counted){leaf->hits, leaf->returns, leaf->total_ns};
}

/* If the longest call of all was longer before, no call of the period was longer than the upper
 * bound of the last bucket. */
static uint64_t find_longest(const struct snapshot_leaf *former, const struct snapshot_leaf *now,
    struct histogram *durations)
{
    durations->longest_ns = now->longest_ns;
    durations->is_longest_most = now->longest_ns <= former->longest_ns;
    if (durations->is_longest_most && durations->size > 0)
        durations->longest_ns = histogram_most_ns(durations, durations->size - 1u);
    return durations->longest_ns;
}

struct snapshot_leaf counters_of_leaf(
    const struct counters *counters, uint32_t leaf, uint64_t *counts)
{
    const struct snapshot_leaf none = {.hits = 0}, *now = &counters->now->leaves[leaf];
    uint32_t at = counters->former_leaves[leaf], node = counters->now_nodes[leaf];
    const struct snapshot_leaf *former = at == SNAPSHOT_NONE ? &none
                                                             : &counters->former->leaves[at];
    struct carried carried = {.calls = 0};
    if (at != SNAPSHOT_NONE)
        carried = find_carried(counters, counters->former_nodes[at], node, OBJECTS_NONE);
    struct counted counted = subtract(counted_of_leaf(former), counted_of_leaf(now), carried,
        count_open(counters->now, node, OBJECTS_NONE));
    struct snapshot_leaf made = *now;
    made.hits = counted.hits;
    made.returns = counted.returns;
    made.total_ns = counted.total_ns;
    made.durations = histogram_of_period(&former->durations, &now->durations, counts);
    made.longest_ns = made.returns ? find_longest(former, now, &made.durations) : 0;
    return made;
}

/* ---- objects ---- */

/* Returns the calls of the same leaf for the same object; NULL: there were none. */
static const struct snapshot_object_calls *find_former_calls(
    const struct counters *counters, const struct snapshot_object_calls *calls)
{
    const struct objects *former = &counters->former->objects;
    uint32_t leaf = counters->former_leaves[counters->now->nodes[calls->node].leaf];
    uint32_t record = counters->now->objects.list[calls->object].record;
    size_t count = 0;
    if (leaf == SNAPSHOT_NONE)
        return NULL;
    const struct snapshot_object_calls *of_leaf = objects_of(
        former, counters->former_nodes[leaf], &count);
    for (size_t i = 0; i < count; i++)
        if (former->list[of_leaf[i].object].record == record)
            return &of_leaf[i];
    return NULL;
}

static struct counted counted_of_calls(const struct snapshot_object_calls *calls)
{
    return (struct counted){calls->hits, calls->returns, calls->total_ns};
}

/* There are no histograms of objects. */
struct snapshot_object_calls counters_of_object(
    const struct counters *counters, const struct snapshot_object_calls *calls)
{
    const struct snapshot_object_calls none = {.hits = 0};
    const struct snapshot_object_calls *found = find_former_calls(counters, calls);
    const struct snapshot_object_calls *former = found ? found : &none;
    struct carried carried = {.calls = 0};
    if (found)
        carried = find_carried(counters, found->node, calls->node, found->object);
    struct counted counted = subtract(counted_of_calls(former), counted_of_calls(calls), carried,
        count_open(counters->now, calls->node, calls->object));
    struct snapshot_object_calls made = *calls;
    made.hits = counted.hits;
    made.returns = counted.returns;
    made.total_ns = counted.total_ns;
    if (calls->longest_ns <= former->longest_ns)
        made.longest_ns = 0;
    return made;
}
