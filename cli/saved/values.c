/*
 * values.c - the section of a saved file with the calls of the root by the value of an argument.
 */
#include "saved/parts.h"

#include <stdlib.h>

#include "saved/layout.h"
#include "saved/reader.h"
#include "saved/saved.h"
#include "saved/writer.h"
#include "trace/snapshot.h"

#define VALUES_MAX (1u << 25) /* elements of a list */

static const char values_inconsistent[] = "it is damaged";

/* ---- writing ---- */

/* In a redacted file a value is a number that tells only which ones are equal: 1 + the place of the
 * first equal one. */
struct disguised {
    uint64_t value;
    size_t place;
};

struct disguise {
    struct disguised *list; /* sorted; NULL: values are not disguised */
    size_t count;
};

static int by_value(const void *left, const void *right)
{
    const struct disguised *a = left, *b = right;
    if (a->value != b->value)
        return a->value < b->value ? -1 : 1;
    return a->place < b->place ? -1 : a->place > b->place;
}

/* Returns false when out of memory. */
static bool make_disguise(struct disguise *disguise, const struct saved *saved)
{
    size_t count = 0;
    for (size_t i = 0; i < saved->snapshot_count; i++)
        count += saved->snapshots[i]->value_count;
    disguise->list = calloc(count + 1, sizeof *disguise->list);
    if (disguise->list == NULL)
        return false;
    for (size_t i = 0; i < saved->snapshot_count; i++)
        for (size_t k = 0; k < saved->snapshots[i]->value_count; k++, disguise->count++)
            disguise->list[disguise->count] = (struct disguised){
                saved->snapshots[i]->values[k].value, disguise->count};
    qsort(disguise->list, count, sizeof *disguise->list, by_value);
    return true;
}

/* Returns the first of the equal ones. */
static uint64_t values_number_of(const struct disguise *disguise, uint64_t value)
{
    size_t low = 0, high = disguise->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (disguise->list[middle].value < value)
            low = middle + 1;
        else
            high = middle;
    }
    return disguise->list[low].place + 1;
}

static void put_what(
    struct writer *writer, const struct snapshot_value *value, const struct disguise *disguise)
{
    bool is_hidden = disguise->list && !value->is_rest;
    writer_number(writer, is_hidden ? SNAPSHOT_VALUE_HIDDEN : value->form);
    writer_number(writer, is_hidden ? values_number_of(disguise, value->value) : value->value);
}

static void put_value(
    struct writer *writer, const struct snapshot_value *value, const struct disguise *disguise)
{
    writer_number(writer, (value->is_rest ? SAVED_VALUE_REST : 0) |
                              (value->is_incomplete ? SAVED_VALUE_INCOMPLETE : 0));
    put_what(writer, value, disguise);
    writer_number(writer, value->thread);
    writer_number(writer, value->count);
    writer_number(writer, value->count - value->ended);
    writer_number(writer, value->jumped);
    writer_number(writer, value->total_ns);
    writer_number(writer, value->longest_ns);
    writer_number(writer, value->leaf_count);
    for (size_t i = 0; i < value->leaf_count; i++) {
        writer_number(writer, value->leaves[i].node);
        writer_number(writer, value->leaves[i].hits);
        writer_number(writer, value->leaves[i].total_ns);
    }
}

bool saved_put_values(struct writer *writer, const struct saved *saved, bool redacts)
{
    struct disguise disguise = {0};
    if (redacts && !make_disguise(&disguise, saved))
        return false;
    writer_number(writer, saved->snapshot_count);
    for (size_t i = 0; i < saved->snapshot_count; i++) {
        const struct snapshot *snapshot = saved->snapshots[i];
        writer_number(writer, snapshot->value_count);
        for (size_t k = 0; k < snapshot->value_count; k++)
            put_value(writer, &snapshot->values[k], &disguise);
    }
    free(disguise.list);
    return true;
}

/* ---- reading ---- */

static struct snapshot_value get_value(struct reader *reader, const struct snapshot *snapshot)
{
    uint64_t flags = reader_number(reader);
    struct snapshot_value value = {
        .is_rest = flags & SAVED_VALUE_REST, .is_incomplete = flags & SAVED_VALUE_INCOMPLETE};
    value.form = (uint8_t)reader_number_to(reader, SNAPSHOT_VALUE_HIDDEN);
    value.value = reader_number(reader);
    value.thread = (uint32_t)reader_number_to(reader, UINT32_MAX);
    value.count = reader_number(reader);
    value.ended = value.count - reader_number_to(reader, value.count);
    value.jumped = reader_number_to(reader, value.ended);
    value.total_ns = reader_number(reader);
    value.longest_ns = reader_number(reader);
    if (value.thread >= snapshot->thread_count)
        reader_fail(reader, values_inconsistent);
    return value;
}

/* The leaves of all values are in one array, which moves when it grows. */
static void get_leaves(struct reader *reader, struct snapshot *snapshot,
    struct snapshot_value *value, size_t *count, size_t *room)
{
    size_t leaves = reader_number_to(reader, VALUES_MAX);
    for (size_t i = 0; i < leaves; i++) {
        struct snapshot_call_leaf leaf = {.node = (uint32_t)reader_number_to(reader, UINT32_MAX)};
        leaf.hits = reader_number(reader);
        leaf.total_ns = reader_number(reader);
        if (leaf.node >= snapshot->node_count || snapshot->nodes[leaf.node].kind != SNAPSHOT_LEAF ||
            snapshot->nodes[leaf.node].thread != value->thread)
            reader_fail(reader, values_inconsistent);
        if (!reader_grow(reader, &snapshot->value_leaves, *count, room, sizeof leaf))
            return;
        snapshot->value_leaves[(*count)++] = leaf;
        value->leaf_count++;
    }
}

static void get_values(struct reader *reader, struct snapshot *snapshot)
{
    size_t count = reader_number_to(reader, VALUES_MAX), room = 0, leaves = 0, leaf_room = 0;
    for (size_t i = 0; i < count; i++) {
        struct snapshot_value value = get_value(reader, snapshot);
        get_leaves(reader, snapshot, &value, &leaves, &leaf_room);
        if (!reader_grow(reader, &snapshot->values, i, &room, sizeof value))
            return;
        snapshot->values[snapshot->value_count++] = value;
    }
    struct snapshot_call_leaf *next = snapshot->value_leaves;
    for (size_t i = 0; i < snapshot->value_count && next; i++) {
        snapshot->values[i].leaves = next;
        next += snapshot->values[i].leaf_count;
    }
}

void saved_get_values(struct reader *reader, struct saved *saved)
{
    if (reader_number(reader) != saved->snapshot_count)
        reader_fail(reader, values_inconsistent);
    for (size_t i = 0; i < saved->snapshot_count && reader_problem(reader) == NULL; i++)
        get_values(reader, saved->snapshots[i]);
}
