/*
 * turns.h - what calls of a runtime's functions tell about tasks.
 */
#ifndef TURNS_H
#define TURNS_H

#include <stdint.h>

#include "code/call_frame.h"
#include "trace/segment.h"

#define TURNS_MAX 16

/* The turns of tasks that are open in one thread, the innermost last: a worker of a runtime can be
 * a task itself. Turns that are nested deeper are not seen. A zeroed object is empty. */
struct turns {
    uint32_t depth;
    struct turn {
        const struct call_frame *call;
        struct trace_task *task;
    } list[TURNS_MAX];
};

/* A call of a function with record->task that has begun, or of which the result is known. */
struct turns_call {
    struct segment *segment;
    struct turns *turns; /* of the calling thread */
    trace_index thread;  /* its THREAD record */
    trace_index node;    /* with HOOK_TASK_LEAF: the LEAF; 0: not known */
    uint64_t key, now;   /* `now`: the clock */
};

/* Notes what it tells. Async-signal-safe. */
void turns_note(const struct turns_call *of, const struct call_frame *call);

/* The call, perhaps a turn, has ended. */
void turns_leave(struct turns *turns, const struct call_frame *call, uint64_t now);

#endif
