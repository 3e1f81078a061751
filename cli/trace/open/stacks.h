/*
 * stacks.h - which calls that have not returned are those of suspended fibers.
 */
#ifndef TRACE_OPEN_STACKS_H
#define TRACE_OPEN_STACKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "trace/contents.h"

/* An open call, and what its record says of its stack. */
struct stack_call {
    struct snapshot_open_call call;
    uint64_t base, since; /* as in struct trace_open_call */
    bool is_switch;       /* of a function that switches to another stack: TRACE_NAME_SWITCHES */
    bool is_own_stack;    /* then: it leaves the thread's own stack */
};

/* Sets whose calls they are (call.owner). Their order changes. */
void open_stacks_settle(struct stack_call *calls, size_t count);

#endif
