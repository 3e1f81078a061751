/*
 * wakers.h - which call has ended the wait of another one.
 *
 * A function that gives back a lock, signals a condition, posts a semaphore or wakes a futex
 * (HOOK_WAKES), and a leaf that writes to a pipe (HOOK_WRITES), note their node in the object. A
 * call that has waited for the object finds it there when it ends. All functions are
 * async-signal-safe.
 */
#ifndef WAKERS_H
#define WAKERS_H

#include <stdbool.h>

#include "code/call_frame.h"
#include "trace/segment.h"
#include "trace_format.h"

/* Calls that took less have hardly waited. */
#define WAKERS_SHORT 4096 /* ticks */

/* The object for which a call of a function with HOOK_WAKES lets others go, or 0: nobody has waited
 * for it. */
trace_index wakers_find(struct segment *segment, const struct call_frame *call);

/* The call of `node` is about to let those go that wait for the object. */
void wakers_note(struct segment *segment, trace_index object, trace_index node);

/* The same of a leaf with HOOK_WRITES, for an object that may be none to which this applies. */
void wakers_note_write(struct segment *segment, trace_index object, trace_index node);

/* The call has ended, and counts in `calls`: notes what has ended it, as far as that is known. */
void wakers_ask(struct segment *segment, const struct call_frame *call,
    struct trace_object_calls *calls, uint64_t ticks);

#endif
