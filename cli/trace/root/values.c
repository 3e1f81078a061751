/*
 * values.c - the calls of the root in a snapshot, by the value of an argument.
 *
 * The leaves of all values are in one array, those of one value together. So the records of leaves
 * are read twice: first for the number of each value's leaves.
 */
#include "trace/root/values.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include "trace/clock_rate.h"
#include "trace/contents.h"
#include "trace/records.h"
#include "trace_format.h"

struct values {
    struct snapshot *snapshot;
    struct records *records;
    uint32_t *places;
    const struct clock_rate *rate;
};

static size_t values_count_records(const struct records *records, uint32_t kind)
{
    size_t count = 0;
    for (uint32_t i = TRACE_FIRST_RECORD; i < records->count; i++)
        count += records->kinds[i] == kind;
    return count;
}

static uint32_t values_place_of(const struct values *values, trace_index index, uint32_t kind)
{
    return records_place(values->records, values->places, index, kind);
}

static bool add_value(struct values *values, trace_index index)
{
    union trace_record copy;
    const struct trace_value *record = &copy.value;
    records_look(values->records, index, &copy);
    uint64_t count = record->count, ended = record->ended, jumped = record->jumped;
    uint32_t thread = values_place_of(values, record->thread, TRACE_THREAD);
    if (thread == SNAPSHOT_NONE)
        return false;
    struct snapshot *snapshot = values->snapshot;
    ended = ended < count ? ended : count;
    values->places[index] = (uint32_t)snapshot->value_count;
    snapshot->values[snapshot->value_count++] = (struct snapshot_value){
        .thread = thread,
        .form = record->form <= SNAPSHOT_VALUE_POINTER ? (uint8_t)record->form : 0,
        .value = record->value,
        .count = count,
        .ended = ended,
        .jumped = jumped < ended ? jumped : ended,
        .total_ns = clock_rate_duration_ns(values->rate, record->ticks),
        .longest_ns = clock_rate_duration_ns(values->rate, record->longest),
        .is_rest = (record->flags & TRACE_VALUE_REST) != 0,
        .is_incomplete = (record->flags & TRACE_VALUE_INCOMPLETE) != 0,
    };
    return true;
}

/* Returns the value to which the leaf belongs, and sets *leaf; NULL: the record is inconsistent. A
 * leaf of a thread that has a value of another thread is nobody's. */
static struct snapshot_value *values_look_at_leaf(
    const struct values *values, trace_index index, struct snapshot_call_leaf *leaf)
{
    union trace_record copy;
    const struct trace_value_leaf *record = &copy.value_leaf;
    records_look(values->records, index, &copy);
    struct snapshot *snapshot = values->snapshot;
    uint32_t value = values_place_of(values, record->value, TRACE_VALUE);
    uint32_t node = values_place_of(values, record->node, TRACE_LEAF);
    if (value == SNAPSHOT_NONE || node == SNAPSHOT_NONE ||
        snapshot->nodes[node].thread != snapshot->values[value].thread)
        return NULL;
    *leaf = (struct snapshot_call_leaf){
        node, record->hits, clock_rate_duration_ns(values->rate, record->ticks)};
    return &snapshot->values[value];
}

static void count_leaves(const struct values *values)
{
    for (uint32_t i = TRACE_FIRST_RECORD; i < values->records->count; i++) {
        struct snapshot_call_leaf leaf;
        if (values->records->kinds[i] != TRACE_VALUE_LEAF)
            continue;
        struct snapshot_value *value = values_look_at_leaf(values, i, &leaf);
        values->snapshot->malformed += value == NULL;
        if (value)
            value->leaf_count++;
    }
}

/* Each value gets its part of the array, which is filled next. */
static void share_out(const struct snapshot *snapshot)
{
    struct snapshot_call_leaf *next = snapshot->value_leaves;
    for (size_t i = 0; i < snapshot->value_count; i++) {
        snapshot->values[i].leaves = next;
        next += snapshot->values[i].leaf_count;
        snapshot->values[i].leaf_count = 0;
    }
}

/* A hostile program can change a record between the two readings; so there may be no room. */
static bool values_have_room(
    const struct snapshot *snapshot, const struct snapshot_value *value, size_t all)
{
    bool is_last = value + 1 == snapshot->values + snapshot->value_count;
    const struct snapshot_call_leaf *end = is_last ? snapshot->value_leaves + all : value[1].leaves;
    return value->leaves + value->leaf_count < end;
}

static void add_leaves(const struct values *values, size_t all)
{
    for (uint32_t i = TRACE_FIRST_RECORD; i < values->records->count; i++) {
        struct snapshot_call_leaf leaf;
        if (values->records->kinds[i] != TRACE_VALUE_LEAF)
            continue;
        struct snapshot_value *value = values_look_at_leaf(values, i, &leaf);
        if (value && values_have_room(values->snapshot, value, all))
            value->leaves[value->leaf_count++] = leaf;
    }
}

int values_read(struct snapshot *snapshot, struct records *records, uint32_t *places,
    const struct clock_rate *rate)
{
    struct values values = {snapshot, records, places, rate};
    size_t leaves = values_count_records(records, TRACE_VALUE_LEAF);
    snapshot->values = calloc(
        values_count_records(records, TRACE_VALUE) + 1, sizeof *snapshot->values);
    snapshot->value_leaves = calloc(leaves + 1, sizeof *snapshot->value_leaves);
    if (snapshot->values == NULL || snapshot->value_leaves == NULL)
        return -ENOMEM;
    for (uint32_t i = TRACE_FIRST_RECORD; i < records->count; i++)
        if (records->kinds[i] == TRACE_VALUE)
            snapshot->malformed += !add_value(&values, i);
    count_leaves(&values);
    share_out(snapshot);
    add_leaves(&values, leaves);
    return 0;
}
