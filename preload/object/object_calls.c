/*
 * object_calls.c - counts the calls of a leaf for each object.
 */
#include "object/object_calls.h"

#include <stddef.h>

#include "object/objects.h"
#include "base/forbidden.h"

/* In the leaf's first DURATIONS record: a record of the ring, 0: there is none. */
static _Atomic uint32_t *ring_of(struct segment *segment, trace_index leaf)
{
    return &segment_record(segment, leaf + 1)->durations.objects;
}

/* In the second one: how many records the ring has. */
static _Atomic uint32_t *length_of(struct segment *segment, trace_index leaf)
{
    return &segment_record(segment, leaf + 2)->durations.objects;
}

_Static_assert(TRACE_LEAF_RECORDS >= 3, "a leaf has two DURATIONS records");

static trace_index find_in_ring(struct segment *segment, trace_index leaf, trace_index object)
{
    trace_index first = atomic_load_explicit(ring_of(segment, leaf), memory_order_relaxed);
    trace_index index = first;
    while (index) {
        const struct trace_object_calls *calls = object_calls_at(segment, index);
        if (calls->object == object)
            return index;
        index = calls->next == first ? 0 : calls->next;
    }
    return 0;
}

/* Puts the record behind the first one. A signal handler may have put another one there, so this is
 * repeated until it is done in one instruction. */
static void link_in(struct segment *segment, trace_index leaf, trace_index index)
{
    _Atomic uint32_t *ring = ring_of(segment, leaf);
    struct trace_object_calls *calls = object_calls_at(segment, index);
    uint32_t first = 0, next;
    calls->next = index;
    if (atomic_compare_exchange_strong_explicit(
            ring, &first, index, memory_order_relaxed, memory_order_relaxed))
        return;
    struct trace_object_calls *before = object_calls_at(segment, first);
    do {
        next = __atomic_load_n(&before->next, __ATOMIC_RELAXED);
        calls->next = next;
    } while (!__atomic_compare_exchange_n(
        &before->next, &next, index, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED));
}

static trace_index object_calls_make(struct segment *segment, trace_index leaf, trace_index object)
{
    trace_index index = segment_claim(segment, 1);
    if (index == 0)
        return 0;
    struct trace_object_calls *calls = object_calls_at(segment, index);
    calls->node = leaf;
    calls->object = object;
    link_in(segment, leaf, index);
    segment_publish((union trace_record *)calls, TRACE_OBJECT_CALLS);
    return index;
}

static trace_index object_calls_rest(struct segment *segment, trace_index leaf)
{
    trace_index rest = objects_rest(segment);
    trace_index index = rest ? find_in_ring(segment, leaf, rest) : 0;
    return index || rest == 0 ? index : object_calls_make(segment, leaf, rest);
}

static trace_index find_or_make(struct segment *segment, trace_index leaf, trace_index object)
{
    trace_index index = object ? find_in_ring(segment, leaf, object) : 0;
    _Atomic uint32_t *length = length_of(segment, leaf);
    if (index)
        return index;
    if (object == 0 || atomic_load_explicit(length, memory_order_relaxed) >= TRACE_LEAF_OBJECTS)
        return object_calls_rest(segment, leaf);
    index = object_calls_make(segment, leaf, object);
    if (index)
        atomic_fetch_add_explicit(length, 1, memory_order_relaxed);
    return index;
}

trace_index object_calls_search(
    struct object_memory *memory, struct segment *segment, trace_index leaf, trace_index object)
{
    trace_index index = find_or_make(segment, leaf, object);
    *object_calls_place(memory, leaf, object) = index;
    return index;
}

/* --- sets --- */

/* In place of an object, where the cache has the record of the leaf and its set. */
#define ANY_SET UINT32_MAX

static trace_index find_set_in_ring(struct segment *segment, trace_index leaf)
{
    trace_index first = atomic_load_explicit(ring_of(segment, leaf), memory_order_relaxed);
    trace_index index = first;
    while (index) {
        const struct trace_object_calls *calls = object_calls_at(segment, index);
        if (object_calls_are_for_set(segment, calls))
            return index;
        index = calls->next == first ? 0 : calls->next;
    }
    return 0;
}

static trace_index make_set(struct segment *segment, trace_index leaf)
{
    trace_index object = segment_claim(segment, 1);
    if (object == 0)
        return 0;
    segment_record(segment, object)->object.type = TRACE_OBJECT_SET;
    segment_publish(segment_record(segment, object), TRACE_OBJECT);
    return object_calls_make(segment, leaf, object);
}

static trace_index find_or_make_set(
    struct object_memory *memory, struct segment *segment, trace_index leaf)
{
    trace_index *place = object_calls_place(memory, leaf, ANY_SET);
    const struct trace_object_calls *known = object_calls_at(segment, *place);
    if (*place && known->node == leaf && object_calls_are_for_set(segment, known))
        return *place;
    trace_index index = find_set_in_ring(segment, leaf);
    if (index == 0)
        index = make_set(segment, leaf);
    *place = index;
    return index;
}

static bool is_same_set(
    const struct trace_object_set *set, uint32_t count, const trace_index *members)
{
    bool is_same = atomic_load_explicit(&set->count, memory_order_relaxed) == count;
    for (uint32_t i = 0; i < count && i < TRACE_SET_MEMBERS && is_same; i++)
        is_same = atomic_load_explicit(&set->members[i], memory_order_relaxed) == members[i];
    return is_same;
}

/* A reader that comes in the middle sees that the check does not fit. A set of 0 is equal to none:
 * a signal handler may jump away in the middle. */
static void write_set(struct trace_object_set *set, uint32_t count, const trace_index *members)
{
    struct trace_object_set whole = {.count = count};
    atomic_store_explicit(&set->count, 0, memory_order_relaxed);
    COMPILER_BARRIER();
    for (uint32_t i = 0; i < TRACE_SET_MEMBERS; i++) {
        trace_index member = i < count ? members[i] : 0;
        atomic_store_explicit(&whole.members[i], member, memory_order_relaxed);
        atomic_store_explicit(&set->members[i], member, memory_order_relaxed);
    }
    atomic_store_explicit(&set->check, trace_set_check(&whole), memory_order_relaxed);
    COMPILER_BARRIER();
    atomic_store_explicit(&set->count, count, memory_order_relaxed);
}

trace_index object_calls_find_set(struct object_memory *memory, struct segment *segment,
    trace_index leaf, uint32_t count, const trace_index *members)
{
    trace_index index = find_or_make_set(memory, segment, leaf);
    if (index == 0)
        return 0;
    const struct trace_object_calls *calls = object_calls_at(segment, index);
    struct trace_object_set *set = &segment_record(segment, calls->object)->object.set;
    if (is_same_set(set, count, members))
        return index;
    if (atomic_load_explicit(&calls->hits, memory_order_relaxed))
        return 0;
    write_set(set, count, members);
    return index;
}

/* --- the end of a call --- */

void object_calls_leave_elsewhere(struct trace_object_calls *calls, uint64_t ticks)
{
    atomic_fetch_add_explicit(&calls->ticks, ticks, memory_order_relaxed);
    counter_raise(&calls->longest, ticks);
    atomic_fetch_add_explicit(&calls->returns, 1, memory_order_relaxed);
}

static uint64_t value_of(const _Atomic uint64_t *counter)
{
    return atomic_load_explicit(counter, memory_order_relaxed);
}

static bool has_open_call(const struct trace_object_calls *calls)
{
    return value_of(&calls->hits) != value_of(&calls->returns);
}

/* Of the leaf's records the one with the least time, without an open call; or NULL. */
static struct trace_object_calls *find_lightest(
    struct segment *segment, const struct trace_object_calls *rest)
{
    struct trace_object_calls *lightest = NULL;
    for (trace_index index = rest->next; object_calls_at(segment, index) != rest;) {
        struct trace_object_calls *calls = object_calls_at(segment, index);
        bool is_less = lightest == NULL || value_of(&calls->ticks) < value_of(&lightest->ticks);
        if (is_less && !has_open_call(calls) && !object_calls_are_for_set(segment, calls))
            lightest = calls;
        index = calls->next;
    }
    return lightest;
}

static void add_all(struct trace_object_calls *to, const struct trace_object_calls *from)
{
    counter_add(&to->ticks, value_of(&from->ticks));
    if (value_of(&from->longest) > value_of(&to->longest))
        atomic_store_explicit(&to->longest, value_of(&from->longest), memory_order_relaxed);
    counter_add(&to->hits, value_of(&from->hits));
    counter_add(&to->returns, value_of(&from->returns));
}

/* The record gets another object, with one call of `ticks`. Meanwhile a reader does not see it. */
static void replace_object(struct trace_object_calls *calls, trace_index object, uint64_t ticks)
{
    calls->object = object;
    atomic_store_explicit(&calls->hits, 1, memory_order_relaxed);
    atomic_store_explicit(&calls->returns, 1, memory_order_relaxed);
    atomic_store_explicit(&calls->ticks, ticks, memory_order_relaxed);
    atomic_store_explicit(&calls->longest, ticks, memory_order_relaxed);
    atomic_store_explicit(&calls->holder, 0, memory_order_relaxed);
    atomic_store_explicit(&calls->longest_holder, 0, memory_order_relaxed);
    atomic_store_explicit(&calls->ended_by, 0, memory_order_relaxed);
    atomic_store_explicit(&calls->longest_ended_by, 0, memory_order_relaxed);
}

/* The call was counted as one of all others; now it counts for its own object, and the one with the
 * least time is among the others. If a longer call was not long enough, this one is not either: the
 * least time never becomes less. */
bool object_calls_change_places(
    struct segment *segment, struct trace_object_calls *rest, trace_index object, uint64_t ticks)
{
    if (object == 0 || ticks <= value_of(&rest->longest))
        return false;
    struct trace_object_calls *lightest = find_lightest(segment, rest);
    if (lightest == NULL || ticks <= value_of(&lightest->ticks))
        return false;
    atomic_store_explicit(&lightest->kind, 0, memory_order_relaxed);
    counter_add(&rest->hits, UINT64_MAX);
    add_all(rest, lightest);
    replace_object(lightest, object, ticks);
    segment_publish((union trace_record *)lightest, TRACE_OBJECT_CALLS);
    return true;
}
