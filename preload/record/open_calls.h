/*
 * open_calls.h - the calls of leaves that have not returned (trace_open_call).
 *
 * A hit takes a record of its level, and the end of the call frees it by one store, in whatever
 * thread that is. Nearly always the record that was used last is free again, and is taken at once.
 *
 * longjmp ends calls without a word. If it is libc's, the library sees it. Else a call is known to
 * be over if a later hit on the same stack lies further out, or if something else has been written
 * where its frame was.
 */
#ifndef OPEN_CALLS_H
#define OPEN_CALLS_H

#include <stdbool.h>
#include <stdint.h>

#include "code/call_frame.h"
#include "trace/segment.h"
#include "trace_format.h"

/* The first block has OPEN_CALLS_FIRST records, each further one twice as many as the one before.
 */
#define OPEN_CALLS_FIRST  4u
#define OPEN_CALLS_BLOCKS 16

/* The records of one level of a thread. Only the hit that has the level takes one. */
struct open_calls {
    trace_index latest; /* the only one that may be in use; 0: others are in use, or there is none
                         */
    uint32_t blocks;
    uint32_t cursor; /* the number of the record at which the next search begins */
    uint32_t found;  /* free records that were found in this round */
    trace_index first[OPEN_CALLS_BLOCKS];
};

/* Where a call is on its stack, and whose it is. */
struct open_call_place {
    struct segment *segment;
    trace_index leaf;
    uint64_t base; /* as in trace_open_call */
    int32_t tid;
};

static inline struct trace_open_call *open_call_at(const struct segment *segment, trace_index index)
{
    return &segment_record(segment, index)->open_call;
}

/* Finds a free record, for open_calls_take. Calls that are over are ended without a time. Returns 0
 * if there is no room. */
trace_index open_calls_find(
    struct open_calls *calls, const struct open_call_place *place, const struct call_frame *call);

/* Takes a record for the call: sets call->opened, which is 0 if there is no room.
 * Async-signal-safe, in the level's hit only. */
static inline void open_calls_take(
    struct open_calls *calls, const struct open_call_place *place, struct call_frame *call)
{
    trace_index index = calls->latest;
    if (index == 0 ||
        __builtin_expect(atomic_load_explicit(
                             &open_call_at(place->segment, index)->node, memory_order_relaxed) != 0,
            0))
        index = open_calls_find(calls, place, call);
    call->opened = index;
    if (__builtin_expect(index == 0, 0))
        return;
    struct trace_open_call *record = open_call_at(place->segment, index);
    atomic_store_explicit(&record->since, 0, memory_order_relaxed);
    atomic_store_explicit(
        &record->object, call->registers.saved[CALL_OBJECT], memory_order_release);
    atomic_store_explicit(&record->key, (uint64_t)call, memory_order_relaxed);
    atomic_store_explicit(&record->base, place->base, memory_order_relaxed);
    atomic_store_explicit(&record->node, place->leaf, memory_order_release);
}

/* The call begins at call->entered. */
static inline void open_calls_begin(const struct segment *segment, const struct call_frame *call)
{
    if (__builtin_expect(call->opened == 0, 0))
        return;
    struct trace_open_call *record = open_call_at(segment, call->opened);
    uint64_t since = call->entered ? call->entered : ++record->turn;
    atomic_store_explicit(&record->since, since, memory_order_release);
}

/* The call has ended, in any thread. Returns false if it was ended already, because it seemed to be
 * over. */
static inline bool open_calls_end(const struct segment *segment, const struct call_frame *call)
{
    if (__builtin_expect(call->opened == 0, 0))
        return true;
    struct trace_open_call *record = open_call_at(segment, call->opened);
    if (__builtin_expect(
            atomic_load_explicit(&record->key, memory_order_relaxed) != (uint64_t)call ||
                atomic_load_explicit(&record->node, memory_order_relaxed) == 0,
            0))
        return false;
    atomic_store_explicit(&record->node, 0, memory_order_release);
    return true;
}

/* The call of the record is over, without a time. The record may be another thread's. */
void open_calls_end_over(struct segment *segment, struct trace_open_call *record);

/* A part of a thread's own stack that is left: the calls of which the outermost frame lies in its
 * first part (base_from), and that lie below `below`. */
struct open_calls_left {
    uint64_t base_from, base_to, below;
};

/* Ends the calls that are left. `now`: the clock; 0: when that was is not known. */
void open_calls_leave(struct open_calls *calls, struct segment *segment,
    const struct open_calls_left *left, uint64_t now);

#endif
