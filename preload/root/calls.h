/*
 * calls.h - the calls of the root that are open in a thread (--each).
 *
 * There is one, or with --each=innermost a stack of them: then a hit belongs to the innermost open
 * call that encloses it. Otherwise calls of the root within the open one are a part of it. A call
 * is recorded as a list of its leaves (call_list.h), or under the value of an argument (values.h).
 *
 * A coroutine can call the root, too: so calls lie on several stacks. The innermost call on the
 * stack of a hit encloses it; if there is none on that stack, the hit is in the latest open call of
 * the thread. A call that ends in another thread is ended when its own thread hits, or calls the
 * root, next.
 *
 * All functions are for the calling thread's own struct calls, if they do not say otherwise. A
 * signal handler may run at any time. If it hits a leaf while the calls are being changed, the hit
 * is in no call, and the latest call is marked as incomplete.
 */
#ifndef CALLS_H
#define CALLS_H

#include <stdbool.h>
#include <stdint.h>

#include "code/call_frame.h"
#include "code/claim.h"
#include "root/call_list.h"
#include "root/root_settings.h"
#include "root/values.h"
#include "trace_format.h"

struct segment;
struct open_root_call;

/* A call of the root within so many others is a part of the innermost of them. */
#define CALLS_DEPTH_MAX 256

struct calls {
    struct open_root_call *row; /* outermost first; never given back */
    uint32_t depth;             /* how many are open */
    _Atomic uint32_t elsewhere; /* how many of them may have ended in other threads */
    struct kept_calls kept;     /* without --by */
    struct values values;       /* with it */
    bool is_moving;             /* calls are being moved in the row */
    struct claim claim;         /* which hit, or call of the root, uses all this */
};

/* Where a hit or a call of the root is. */
struct calls_place {
    struct segment *segment;
    trace_index thread; /* THREAD */
    uint64_t stack_end; /* the end of the thread's own stack */
    uint64_t base;      /* the sp of the outermost frame, equal for all calls on one stack; 0: not
                         * known */
};

/* The root is called; `root` is the frame of the call. */
void calls_begin(struct calls *calls, const struct calls_place *place, struct call_frame *root);

/* Whether `call` is a part of an open call. */
bool calls_are_within(
    struct calls *calls, const struct calls_place *place, struct call_frame *call);

/* The leaf `node` is hit by `call`. */
void calls_hit(struct calls *calls, const struct calls_place *place, trace_index node,
    struct call_frame *call);

/* The call `call` of the leaf `node` has ended, after `ticks` ticks. */
void calls_time(struct calls *calls, const struct calls_place *place, trace_index node,
    const struct call_frame *call, uint64_t ticks);

/* Called when the root's call `root` ends, by return or by unwinding, after `ticks` ticks. */
void calls_end(
    struct calls *calls, const struct calls_place *place, struct call_frame *root, uint64_t ticks);

/* The same for the calls of another thread, which is running. */
void calls_end_elsewhere(struct calls *calls, const struct call_frame *root, uint64_t ticks);

/* The thread is about to continue at `sp` of its own stack: the calls below it are over. `jumper`
 * is the frame of the call that jumps, `now` the clock. */
void calls_jump(struct calls *calls, const struct calls_place *place, struct call_frame *jumper,
    uint64_t sp, uint64_t now);

/* Keeps the former thread's calls for a new owner, unless the former one was in the middle of a
 * call or of a change. */
void calls_continue(struct calls *calls);

/* Forgets all, for a new owner. */
void calls_reset(struct calls *calls);

#endif
