/*
 * object_calls.h - counts the calls of a leaf for each object (trace_object_calls).
 *
 * The records of a leaf are a ring, of which the leaf's first DURATIONS record has the one that was
 * made last. The thread of the leaf alone makes and changes them; a signal handler of that thread
 * may do so at any moment in between.
 */
#ifndef OBJECT_CALLS_H
#define OBJECT_CALLS_H

#include <stdint.h>

#include "object/memory.h"
#include "trace/segment.h"
#include "trace_format.h"

/* The leaf's record for the object; for that of all others if it has TRACE_LEAF_OBJECTS already, or
 * if `object` is 0. Returns 0 if there is no room. */
trace_index object_calls_find(
    struct object_memory *memory, struct segment *segment, trace_index leaf, trace_index object);

/* A call for `object` has ended after `ticks`. If it was counted for all others, but took longer
 * than all calls together for an object that has a record, then the two change places. */
void object_calls_leave(
    struct segment *segment, trace_index calls, trace_index object, uint64_t ticks);

/* The same in another thread than the leaf's. */
void object_calls_leave_elsewhere(struct trace_object_calls *calls, uint64_t ticks);

#endif
