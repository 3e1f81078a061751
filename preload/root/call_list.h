/*
 * call_list.h - a call of the root as a list of the leaves that were hit in it.
 *
 * The list says how often and for how long each leaf was hit; the leaves are nodes of the trace's
 * one tree. When the call ends, the library looks, by a hash, for an earlier call of the thread
 * with the same leaves and hits, and counts this one there. A new one is kept in the trace, up to a
 * limit for each thread; all others are counted as the rest. So the memory that is needed depends
 * on how many different calls there are, not on how many calls.
 *
 * The list of an open call is in the trace, too, so it is there however the program ends.
 *
 * The caller has claimed the lists of its thread (calls.h).
 */
#ifndef CALL_LIST_H
#define CALL_LIST_H

#include <stdbool.h>
#include <stdint.h>

#include "trace_format.h"

struct segment;

/* The calls of a thread that have ended. */
struct kept_calls {
    struct kept_call *places; /* by hash of a list */
    uint32_t count;
    trace_index rest; /* the CALL record of the calls that were not kept; 0: none yet */
};

struct call_list {
    trace_index current;      /* the CALL record of the open call; later calls use it again */
    trace_index leaves;       /* its CALL_LEAF records */
    uint32_t count, capacity; /* how many of them are in use, and how many there are */
    uint32_t *places;         /* by hash of a node: its number among them + 1; 0: free */
};

/* Of a call that has ended, or a pair of numbers. */
uint64_t call_hash(uint64_t a, uint64_t b);

/* Begins a list for a call of the thread, of which `thread` is the THREAD record. Returns false if
 * there is no room for it. */
bool call_list_begin(struct call_list *list, struct kept_calls *kept, struct segment *segment,
    trace_index thread, uint64_t now);

/* The leaf `node` is hit in the call. */
void call_list_hit(struct call_list *list, struct segment *segment, trace_index node);

/* A hit is missing in the list. */
void call_list_miss(const struct call_list *list, struct segment *segment);

/* A call of the leaf `node` has ended, after `ticks` ticks. */
void call_list_time(
    const struct call_list *list, struct segment *segment, trace_index node, uint64_t ticks);

/* The call has ended, after `ticks` ticks; `is_jumped`: it was left by a jump. */
void call_list_end(struct call_list *list, struct kept_calls *kept, struct segment *segment,
    uint64_t ticks, bool is_jumped);

/* Repairs a list after a signal handler has jumped away in the middle of a change. `is_open`: it
 * was that of an open call. If that was not counted yet, it is counted as one of the rest. */
void call_list_recover(
    struct call_list *list, struct kept_calls *kept, struct segment *segment, bool is_open);

/* Give back the memory. */
void call_list_reset(struct call_list *list);
void kept_calls_reset(struct kept_calls *kept);

#endif
