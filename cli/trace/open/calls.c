/*
 * calls.c - the calls of a trace that have not returned.
 *
 * A running program changes these records all the time: see struct trace_open_call. A part of a
 * block is read three times. What the second reading has seen of a record belongs together if
 * `since` was the same before and after it, since that changes before and after all other fields.
 */
#include "trace/open/calls.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/array.h"
#include "trace/clock_rate.h"
#include "trace/contents.h"
#include "trace/open/stacks.h"
#include "trace/records.h"

#define PART  128 /* records that are read at once */
#define TRIES 8   /* for a record that is changed meanwhile: then its call has just begun */

/* ---- records ---- */

struct part {
    union trace_record before[PART], at[PART], after[PART];
};

static int open_read_part(
    const struct records *records, struct part *part, trace_index first, uint32_t count)
{
    size_t size = count * sizeof *part->at, offset = (size_t)first * TRACE_RECORD_SIZE;
    int error = records_read_at(records, part->before, size, offset);
    if (error == 0)
        error = records_read_at(records, part->at, size, offset);
    return error ? error : records_read_at(records, part->after, size, offset);
}

/* Returns whether the record was whole when it was read. */
static bool open_is_whole(const struct part *part, uint32_t i)
{
    uint64_t since = part->before[i].open_call.since;
    return since == part->at[i].open_call.since && since == part->after[i].open_call.since;
}

static int add_record(struct open_records *open, const struct trace_open_call *record)
{
    if (record->kind != TRACE_OPEN_CALL || record->node == 0 || record->since == 0)
        return 0;
    if (array_reserve(&open->list, open->count, 1, &open->room, sizeof *open->list) != 0)
        return -ENOMEM;
    uint64_t object = record->object;
    open->list[open->count++] = (struct open_record){.node = record->node,
        .calls = (trace_index)object,
        .object = (trace_index)(object >> 32),
        .since = record->since,
        .key = record->key,
        .base = record->base,
        .tid = record->tid,
        .is_own_stack = record->is_own_stack != 0};
    return 0;
}

/* A call that began between two readings is left out if it always changes: it is that young. */
static int read_again(struct open_records *open, const struct records *records, trace_index index)
{
    struct part part;
    for (int tries = 0; tries < TRIES; tries++) {
        int error = open_read_part(records, &part, index, 1);
        if (error)
            return error;
        if (open_is_whole(&part, 0))
            return add_record(open, &part.at[0].open_call);
    }
    return 0;
}

static int read_block(struct open_records *open, const struct records *records, trace_index first,
    uint32_t count, struct part *part)
{
    int error = 0;
    for (uint32_t done = 0; done < count && error == 0; done += PART) {
        uint32_t some = count - done < PART ? count - done : PART;
        error = open_read_part(records, part, first + done, some);
        for (uint32_t i = 0; i < some && error == 0; i++)
            error = open_is_whole(part, i) ? add_record(open, &part->at[i].open_call)
                                           : read_again(open, records, first + done + i);
    }
    return error;
}

/* The blocks that were read so far: those of a hostile file may overlap, or form a circle. */
struct seen {
    uint8_t *records; /* malloc'ed; not 0: the record is in a block */
    size_t count;
};

/* Returns how many records the block has; 0: it is none, or was there before. */
static uint32_t take_block(
    const struct seen *seen, trace_index first, const struct trace_open_call *head)
{
    if (head->kind != TRACE_OPEN_CALL || head->count == 0 || head->count > seen->count - first)
        return 0;
    for (uint32_t i = 0; i < head->count; i++)
        if (seen->records[first + i])
            return 0;
    for (uint32_t i = 0; i < head->count; i++)
        seen->records[first + i] = 1;
    return head->count;
}

static int read_blocks(struct open_records *open, const struct records *records,
    const struct seen *seen, struct part *part, trace_index first)
{
    int error = 0;
    while (first != 0 && error == 0) {
        union trace_record head;
        if (first < TRACE_FIRST_RECORD || first >= seen->count) {
            open->malformed++;
            return 0;
        }
        error = records_read_at(records, &head, sizeof head, (size_t)first * TRACE_RECORD_SIZE);
        uint32_t count = error ? 0 : take_block(seen, first, &head.open_call);
        if (count == 0) {
            open->malformed += error == 0;
            return error;
        }
        error = read_block(open, records, first, count, part);
        first = head.open_call.next;
    }
    return error;
}

int open_records_read(struct records *records, trace_index latest_block)
{
    struct seen seen = {.count = records->size / TRACE_RECORD_SIZE};
    if (latest_block == 0)
        return 0;
    struct part *part = malloc(sizeof *part);
    seen.records = calloc(seen.count + 1, 1);
    int error = part && seen.records ? 0 : -ENOMEM;
    if (error == 0)
        error = read_blocks(&records->open, records, &seen, part, latest_block);
    free(part);
    free(seen.records);
    return error;
}

/* ---- the calls of a snapshot ---- */

struct places {
    const struct records *records;
    const uint32_t *list;
    const struct clock_rate *rate;
};

struct stack_calls {
    struct stack_call *list; /* malloc'ed */
    size_t count;
};

/* Returns false if the record is inconsistent. What a node of a waker has called is no leaf's call.
 */
static bool open_add_call(struct stack_calls *calls, const struct snapshot *snapshot,
    const struct open_record *record, const struct places *places)
{
    bool is_leaf = record->node >= TRACE_FIRST_RECORD && record->node < places->records->count &&
                   places->records->kinds[record->node] == TRACE_LEAF;
    struct snapshot_open_call call = {
        .node = records_place(places->records, places->list, record->node, TRACE_LEAF),
        .object = records_place(places->records, places->list, record->object, TRACE_OBJECT),
        .since_ns = clock_rate_moment_ns(places->rate, record->since),
        .key = record->key,
        .tid = record->tid};
    if (call.node == SNAPSHOT_NONE)
        return is_leaf;
    if (record->object && call.object == OBJECTS_NONE)
        return false;
    calls->list[calls->count++] = (struct stack_call){.call = call,
        .base = record->base,
        .since = record->since,
        .is_switch = snapshot_leaf_of(snapshot, &snapshot->nodes[call.node])->is_switch,
        .is_own_stack = record->is_own_stack};
    return true;
}

int open_calls_add(struct snapshot *snapshot, const struct records *records, const uint32_t *places,
    const struct clock_rate *rate)
{
    const struct places all = {records, places, rate};
    const struct open_records *open = &records->open;
    snapshot->malformed += open->malformed;
    if (open->count == 0)
        return 0;
    struct stack_calls calls = {.list = calloc(open->count, sizeof *calls.list)};
    snapshot->open_calls = calloc(open->count, sizeof *snapshot->open_calls);
    bool has_memory = calls.list && snapshot->open_calls;
    for (size_t i = 0; i < open->count && has_memory; i++)
        snapshot->malformed += !open_add_call(&calls, snapshot, &open->list[i], &all);
    if (has_memory)
        open_stacks_settle(calls.list, calls.count);
    for (size_t i = 0; i < calls.count; i++)
        snapshot->open_calls[snapshot->open_call_count++] = calls.list[i].call;
    free(calls.list);
    return has_memory ? 0 : -ENOMEM;
}

/* The latest ones of a leaf come first. */
static int compare_open(const void *left, const void *right)
{
    const struct snapshot_open_call *a = left, *b = right;
    if (a->node != b->node)
        return a->node < b->node ? -1 : 1;
    if (a->since_ns != b->since_ns)
        return a->since_ns > b->since_ns ? -1 : 1;
    return a->key < b->key ? -1 : a->key > b->key;
}

void open_calls_sort(struct snapshot *snapshot)
{
    if (snapshot->open_call_count > 1)
        qsort(snapshot->open_calls, snapshot->open_call_count, sizeof *snapshot->open_calls,
            compare_open);
}

void open_calls_settle(struct snapshot *snapshot)
{
    struct snapshot_open_call *calls = snapshot->open_calls;
    size_t kept = 0;
    uint64_t of_leaf = 0;
    uint32_t node = SNAPSHOT_NONE;
    open_calls_sort(snapshot);
    for (size_t i = 0; i < snapshot->open_call_count; i++) {
        const struct snapshot_leaf *leaf = snapshot_leaf_of(
            snapshot, &snapshot->nodes[calls[i].node]);
        if (calls[i].node != node)
            of_leaf = 0;
        node = calls[i].node;
        if (of_leaf++ < leaf->hits - leaf->returns)
            calls[kept++] = calls[i];
    }
    snapshot->open_call_count = kept;
}

void open_calls_forget_objects(struct snapshot *snapshot)
{
    for (size_t i = 0; i < snapshot->open_call_count; i++)
        snapshot->open_calls[i].object = OBJECTS_NONE;
}
