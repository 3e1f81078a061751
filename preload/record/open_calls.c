/*
 * open_calls.c - finds records for calls, and ends calls that were left by longjmp.
 */
#include "record/open_calls.h"

#include "base/counter.h"
#include "code/claim.h"
#include "object/object_calls.h"
#include "record/durations.h"
#include "record/elsewhere.h"
#include "base/forbidden.h"

/* If there are at most so many records, a hit that does not find the latest one free looks at all,
 * to find calls that are over. */
#define FEW 16u

/* Fibers can have thousands of open calls in one thread. Hits go round the records, from one free
 * one to the next. If less than one in ENOUGH was free in a whole round, there will be more
 * records. So a hit looks at ENOUGH of them on average. */
#define ENOUGH 8u

/* A hit never looks at more records than this. */
#define LOOK_MAX 1024u

static uint32_t open_calls_size(const struct open_calls *calls)
{
    return OPEN_CALLS_FIRST * ((1u << calls->blocks) - 1);
}

/* Block k begins with the record number OPEN_CALLS_FIRST * (2^k - 1). */
static trace_index record_number(const struct open_calls *calls, uint32_t number)
{
    uint32_t block = 31u - (uint32_t)__builtin_clz(number / OPEN_CALLS_FIRST + 1);
    return calls->first[block] + number - OPEN_CALLS_FIRST * ((1u << block) - 1);
}

static trace_index node_of(const struct trace_open_call *record)
{
    return atomic_load_explicit(&record->node, memory_order_relaxed);
}

/* --- calls that are over --- */

static void count_end(struct segment *segment, trace_index leaf, uint64_t object, uint64_t ticks)
{
    struct trace_node *node = &segment_record(segment, leaf)->node;
    if (ticks)
        durations_add_time(node, ticks);
    counter_add(&node->returns, 1);
    if ((trace_index)object)
        object_calls_leave(segment, (trace_index)object, (trace_index)(object >> 32), ticks);
}

/* Frees the record. Only one of several that do so at the same time, signal handlers among them,
 * gets the call's leaf, to count its end; the others get 0. */
static trace_index free_record(struct trace_open_call *record)
{
    trace_index leaf = node_of(record);
    bool has_begun = atomic_load_explicit(&record->since, memory_order_relaxed) != 0;
    return leaf && has_begun &&
                   atomic_compare_exchange_strong_explicit(
                       &record->node, &leaf, 0, memory_order_release, memory_order_relaxed)
               ? leaf
               : 0;
}

static void open_calls_give_up(
    struct segment *segment, struct trace_open_call *record, uint64_t now)
{
    uint64_t since = atomic_load_explicit(&record->since, memory_order_relaxed);
    uint64_t object = atomic_load_explicit(&record->object, memory_order_relaxed);
    trace_index leaf = free_record(record);
    if (leaf)
        count_end(segment, leaf, object, now > since ? now - since : 0);
}

/* What is at `key` in the memory of the stack, from which the hit has been called, is the frame of
 * the call. */
static bool has_frame(const struct segment *segment, const struct trace_open_call *record)
{
    const struct call_frame *call = (const struct call_frame *)atomic_load_explicit(
        &record->key, memory_order_relaxed);
    return call->node == &segment_record(segment, node_of(record))->node &&
           open_call_at(segment, call->opened) == record;
}

/* Whether the call is certainly over. The frame of a handler on a signal stack says nothing about
 * the stack that it has interrupted. */
static bool is_over(const struct trace_open_call *record, const struct open_call_place *place,
    const struct call_frame *call)
{
    uint64_t key = atomic_load_explicit(&record->key, memory_order_relaxed);
    if (atomic_load_explicit(&record->base, memory_order_relaxed) != place->base ||
        place->base == 0)
        return false;
    bool is_below = key <= (uint64_t)call;
    if (!is_below && (key >= place->base || has_frame(place->segment, record)))
        return false;
    return !claim_is_on_alternate_stack();
}

void open_calls_end_over(struct segment *segment, struct trace_open_call *record)
{
    trace_index leaf = free_record(record);
    if (leaf)
        elsewhere_end(segment, &segment_record(segment, leaf)->node);
}

void open_calls_leave(struct open_calls *calls, struct segment *segment,
    const struct open_calls_left *left, uint64_t now)
{
    uint32_t size = open_calls_size(calls);
    for (uint32_t i = 0; i < size; i++) {
        struct trace_open_call *record = open_call_at(segment, record_number(calls, i));
        uint64_t base = atomic_load_explicit(&record->base, memory_order_relaxed);
        uint64_t key = atomic_load_explicit(&record->key, memory_order_relaxed);
        if (node_of(record) && base >= left->base_from && base <= left->base_to &&
            key < left->below)
            open_calls_give_up(segment, record, now);
    }
}

/* --- room --- */

/* Makes the next block known to readers. */
static void publish_block(struct segment *segment, trace_index first, uint32_t count)
{
    struct trace_open_call *record = open_call_at(segment, first);
    record->count = count;
    for (uint32_t i = 0; i < count; i++)
        segment_publish(segment_record(segment, first + i), TRACE_OPEN_CALL);
    trace_index former = atomic_load_explicit(&segment->header->open_calls, memory_order_relaxed);
    do
        record->next = former;
    while (!atomic_compare_exchange_weak_explicit(
        &segment->header->open_calls, &former, first, memory_order_release, memory_order_relaxed));
}

static void add_block(struct open_calls *calls, struct segment *segment)
{
    uint32_t count = OPEN_CALLS_FIRST << calls->blocks;
    trace_index first = calls->blocks < OPEN_CALLS_BLOCKS ? segment_claim(segment, count) : 0;
    if (first == 0)
        return;
    publish_block(segment, first, count);
    calls->first[calls->blocks] = first;
    calls->cursor = open_calls_size(calls);
    calls->found = count; /* the round ends with this block */
    COMPILER_BARRIER();   /* a signal handler may jump away */
    calls->blocks++;
}

/* Goes on to the next record. Returns its number. */
static uint32_t next_number(struct open_calls *calls, struct segment *segment)
{
    uint32_t size = open_calls_size(calls);
    if (calls->cursor < size)
        return calls->cursor++;
    bool is_enough = calls->found >= size / ENOUGH;
    calls->cursor = calls->found = 0;
    if (!is_enough && size > FEW)
        add_block(calls, segment);
    return calls->cursor++;
}

/* Looks for a free record. Sets *others to whether other ones may be in use. */
static trace_index look(struct open_calls *calls, const struct open_call_place *place,
    const struct call_frame *call, bool *others)
{
    trace_index found = 0;
    uint32_t size = open_calls_size(calls);
    *others = size > FEW;
    uint32_t last = size < LOOK_MAX ? size : LOOK_MAX;
    for (uint32_t i = 0; i < last && (found == 0 || size <= FEW); i++) {
        trace_index index = record_number(calls, next_number(calls, place->segment));
        struct trace_open_call *record = open_call_at(place->segment, index);
        if (node_of(record) && is_over(record, place, call))
            open_calls_give_up(place->segment, record, 0);
        if (node_of(record))
            *others = true;
        else
            found = index;
    }
    return found;
}

trace_index open_calls_find(
    struct open_calls *calls, const struct open_call_place *place, const struct call_frame *call)
{
    bool others = false;
    trace_index index = look(calls, place, call, &others);
    if (index == 0) {
        add_block(calls, place->segment);
        index = look(calls, place, call, &others);
    }
    if (index == 0)
        return 0;
    calls->found++;
    atomic_store_explicit(
        &open_call_at(place->segment, index)->tid, place->tid, memory_order_relaxed);
    calls->latest = others ? 0 : index;
    return index;
}
