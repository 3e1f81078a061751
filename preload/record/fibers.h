/*
 * fibers.h - suspended fibers: the open calls of functions that switch to another stack.
 *
 * A stack is suspended at one place at most. So a call that has not returned is over when the same
 * stack makes the next one: the fiber has ended, and another one has its stack. A table of the
 * process has the latest call of each stack.
 *
 * Functions are async-signal-safe. Any thread may go on with any stack.
 */
#ifndef FIBERS_H
#define FIBERS_H

#include <stdbool.h>
#include <stdint.h>

#include "code/call_frame.h"
#include "record/open_calls.h"
#include "trace/segment.h"
#include "trace_format.h"

/* The call switches to another stack. */
static inline bool fibers_is_switch(const struct call_frame *call)
{
    return HOOK_OBJECT(call->record->flags) == HOOK_OBJECT_FIBER;
}

/* A fiber that makes this call is about to end. */
static inline bool fibers_is_end(const struct call_frame *call)
{
    return HOOK_OBJECT(call->record->flags) == HOOK_OBJECT_FIBER_END;
}

/* A call that switches the stack with the base place->base is about to be noted: the former one of
 * this stack has ended, unless the new one was made within it. */
void fibers_end_former(const struct open_call_place *place);

/* The call, which has taken its record, is the latest of its stack, which is the thread's own one
 * or a fiber's. */
void fibers_note(
    const struct open_call_place *place, const struct call_frame *call, bool is_own_stack);

/* In a forked child: the trace is another one, and memory is about to be freed. */
void fibers_forget_all(void);

/* Whether the calls of the leaf, which switches stacks, are made within a call that ends the fiber:
 * whether a frame of its path is that of a function with TRACE_NAME_ENDS. */
bool fibers_is_last(const struct segment *segment, trace_index leaf);

#endif
