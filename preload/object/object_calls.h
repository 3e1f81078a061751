/*
 * object_calls.h - counts the calls of a leaf for each object (trace_object_calls).
 *
 * The records of a leaf are a ring, of which the leaf's first DURATIONS record has the one that was
 * made last. The thread of the leaf alone makes and changes them; a signal handler of that thread
 * may do so at any moment in between.
 */
#ifndef OBJECT_CALLS_H
#define OBJECT_CALLS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/counter.h"
#include "object/memory.h"
#include "trace/segment.h"
#include "trace_format.h"

static inline struct trace_object_calls *object_calls_at(
    const struct segment *segment, trace_index index)
{
    return &segment_record(segment, index)->object_calls;
}

/* Where the cache has the record of the leaf and the object. */
static inline trace_index *object_calls_place(
    struct object_memory *memory, trace_index leaf, trace_index object)
{
    uint64_t key = (uint64_t)object << 32 | leaf;
    return &memory->calls[key * UINT64_C(0x9e3779b97f4a7c15) >> 57];
}

_Static_assert(MEMORY_CALLS == 128, "object_calls_place has 7 bits");

/* The leaf's record for the object if the cache has it, or 0. */
static inline trace_index object_calls_known(struct object_memory *memory,
    const struct segment *segment, trace_index leaf, trace_index object)
{
    trace_index known = *object_calls_place(memory, leaf, object);
    const struct trace_object_calls *calls = object_calls_at(segment, known);
    return known && calls->node == leaf && calls->object == object ? known : 0;
}

/* The same if the cache does not have it. */
trace_index object_calls_search(
    struct object_memory *memory, struct segment *segment, trace_index leaf, trace_index object);

/* The leaf's record for the object; for that of all others if it has TRACE_LEAF_OBJECTS already, or
 * if `object` is 0. Returns 0 if there is no room. */
static inline trace_index object_calls_find(
    struct object_memory *memory, struct segment *segment, trace_index leaf, trace_index object)
{
    trace_index known = object_calls_known(memory, segment, leaf, object);
    return __builtin_expect(known != 0, 1) ? known
                                           : object_calls_search(memory, segment, leaf, object);
}

/* The leaf's record for a set of `count` descriptors, the first ones of which are the `members`: at
 * most TRACE_SET_MEMBERS. A leaf has one such record, besides the others. 0: another call of the
 * leaf still waits for another set, or there is no room. */
trace_index object_calls_find_set(struct object_memory *memory, struct segment *segment,
    trace_index leaf, uint32_t count, const trace_index *members);

static inline bool object_calls_are_for_set(
    const struct segment *segment, const struct trace_object_calls *calls)
{
    return segment_record(segment, calls->object)->object.type == TRACE_OBJECT_SET;
}

/* See object_calls_leave. Returns false if the call counts for all others. */
bool object_calls_change_places(
    struct segment *segment, struct trace_object_calls *rest, trace_index object, uint64_t ticks);

static inline void object_calls_note_longest(struct trace_object_calls *calls, uint64_t ticks)
{
    atomic_store_explicit(&calls->longest, ticks, memory_order_relaxed);
    atomic_store_explicit(&calls->longest_holder,
        atomic_load_explicit(&calls->holder, memory_order_relaxed), memory_order_relaxed);
}

/* A call for `object` has ended after `ticks`. If it was counted for all others, but took longer
 * than all calls together for an object that has a record, then the two change places. */
static inline void object_calls_leave(
    struct segment *segment, trace_index index, trace_index object, uint64_t ticks)
{
    struct trace_object_calls *calls = object_calls_at(segment, index);
    if (__builtin_expect(calls->object != object, 0) &&
        object_calls_change_places(segment, calls, object, ticks))
        return;
    counter_add(&calls->ticks, ticks);
    if (ticks > atomic_load_explicit(&calls->longest, memory_order_relaxed))
        object_calls_note_longest(calls, ticks);
    counter_add(&calls->returns, 1);
}

/* The same in another thread than the leaf's. */
void object_calls_leave_elsewhere(struct trace_object_calls *calls, uint64_t ticks);

#endif
