/*
 * calls.h - the calls of the root, each with a tree of its own (--each).
 *
 * Such a tree is a list of the leaves that were hit in the call, with how often and for how long.
 * They are nodes of the trace's one tree. When the call ends, the library looks, by a hash, for an
 * earlier call of the thread with the same leaves and hits, and counts this one there. A new one is
 * kept in the trace, up to calls_limit for each thread; all others are counted as the rest. So the
 * memory that is needed depends on how many different calls there are, not on how many calls.
 *
 * The list of the open call is in the trace, too, so it is there however the program ends.
 *
 * A thread has one open call at a time; calls of the root within it are a part of it. The hits of a
 * coroutine belong to the open call of the thread on which it runs.
 *
 * All functions are for the calling thread's own struct calls. A signal handler may run at any
 * time. If it hits a leaf while the list is being changed, the hit is not in the list, which is
 * then marked as incomplete.
 */
#ifndef CALLS_H
#define CALLS_H

#include <stdbool.h>
#include <stdint.h>

#include "code/call_frame.h"
#include "code/claim.h"
#include "trace_format.h"

struct segment;

/* How many different calls are kept for each thread; 0: calls of the root have no trees of their
 * own. */
extern uint32_t calls_limit;

#define CALLS_LIMIT_MAX 10000

struct calls {
    const struct call_frame *root; /* of the open call; NULL: none is open */
    trace_index current;           /* the CALL record of the open call; later calls use it again */
    trace_index leaves;            /* its CALL_LEAF records */
    uint32_t count, capacity;      /* how many of them are in use, and how many there are */
    uint32_t *places;              /* by hash of a node: its number among them + 1; 0: free */
    struct calls_kept *kept;       /* by hash of a list; large enough for calls_limit */
    uint32_t kept_count;
    trace_index rest;   /* the CALL record of the calls that were not kept; 0: none yet */
    struct claim claim; /* which hit, or call of the root, uses all this */
};

/* The root is called; `root` is the frame of the call. `stack_end` is the end of the thread's own
 * stack, `thread` its THREAD record. */
void calls_begin(struct calls *calls, struct segment *segment, trace_index thread,
    uint64_t stack_end, struct call_frame *root);

/* Whether `call` is a part of the open call. */
bool calls_are_within(
    struct calls *calls, struct segment *segment, uint64_t stack_end, struct call_frame *call);

/* The leaf `node` is hit by `call`. */
void calls_hit(struct calls *calls, struct segment *segment, uint64_t stack_end, trace_index node,
    struct call_frame *call);

/* A call of the leaf `node` has ended, after `ticks` ticks. */
void calls_time(struct calls *calls, struct segment *segment, trace_index node, uint64_t ticks);

/* Called when the root's call `root` ends, by return or by unwinding, after `ticks` ticks. */
void calls_end(struct calls *calls, struct segment *segment, uint64_t stack_end,
    struct call_frame *root, uint64_t ticks);

/* Keeps the former thread's calls for a new owner, unless the former one was in the middle of a
 * call or of a change. */
void calls_continue(struct calls *calls);

/* Forgets all, for a new owner. */
void calls_reset(struct calls *calls);

#endif
