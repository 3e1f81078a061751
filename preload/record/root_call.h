/*
 * root_call.h - what the calls of the root in a thread are told of hits and calls (root/calls.h).
 *
 * The trace file is open, and `thread` is the calling one. Async-signal-safe.
 */
#ifndef ROOT_CALL_H
#define ROOT_CALL_H

#include <stdbool.h>
#include <stdint.h>

#include "code/call_frame.h"
#include "record/thread.h"

/* `call` is a hit of the leaf `node`, whose walk is in the level. */
void root_call_hit(struct thread *thread, const struct thread_level *level, trace_index node,
    struct call_frame *call);

/* It has ended, after `ticks` ticks. `thread` may be NULL. */
void root_call_time(
    struct thread *thread, trace_index node, const struct call_frame *call, uint64_t ticks);

/* The call `jumper` is about to continue at `sp`. */
void root_call_jump(struct thread *thread, struct call_frame *jumper, uint64_t sp);

/* The root is called, and then entered by a jump or not; the trace file need not be open. */
void root_call_begin(struct call_frame *call, bool is_jump);

/* A call of the root ends, after `ticks` ticks; another thread may have made it. */
void root_call_end(struct thread *thread, struct call_frame *call, uint64_t ticks);

#endif
