/*
 * calls.h - the calls of the root, each with a tree of its own (--each).
 *
 * Such a tree is a list of the leaves, nodes of the trace's one tree, that were hit in the call,
 * with how often and for how long. When the call ends, an earlier one of the thread with the same
 * leaves and hits is looked for, by a hash: there it is counted. A new one is kept in the trace, up
 * to calls_limit of a thread; the others are counted as the rest. So what many calls need is
 * bounded by how many different ones there are.
 *
 * The list of the open call lies in the trace, too: it is there however the program ends.
 *
 * A thread has one open call at a time: calls of the root within it are a part of it. What a
 * coroutine does belongs to the call that is open in the thread on which it runs.
 *
 * For the calling thread's own struct calls. A signal handler may come at any time: hits that it
 * makes in the middle of our work are not in the list, which is then marked as incomplete.
 */
#ifndef CALLS_H
#define CALLS_H

#include <stdbool.h>
#include <stdint.h>

#include "code/call_frame.h"
#include "code/claim.h"
#include "trace_format.h"

struct segment;

/* So many different ones are kept for each thread; 0: nobody asked for calls. */
extern uint32_t calls_limit;

#define CALLS_LIMIT_MAX 10000

struct calls {
    const struct call_frame *root; /* of the open call; NULL: none is open */
    trace_index current;           /* the CALL record of the open call, and of every later one */
    trace_index leaves;            /* its CALL_LEAF records, of which */
    uint32_t count, capacity;      /* so many are in use, there */
    uint32_t *places;              /* by hash of a node: its place among them + 1; 0: free */
    struct calls_kept *kept;       /* by hash of a list; as many as calls_limit needs */
    uint32_t kept_count;
    trace_index rest;   /* the CALL record of those that were not kept; 0: none yet */
    struct claim claim; /* whose hit, or call of the root, works at all this */
};

/* The root is called, with this record on the stack. `stack_end` is the end of the thread's own
 * stack, `thread` its THREAD record. */
void calls_begin(struct calls *calls, struct segment *segment, trace_index thread,
    uint64_t stack_end, struct call_frame *root);

/* Whether a call with this record is a part of the open one. */
bool calls_are_within(
    struct calls *calls, struct segment *segment, uint64_t stack_end, struct call_frame *call);

/* The leaf `node` is hit, by a call with this record. */
void calls_hit(struct calls *calls, struct segment *segment, uint64_t stack_end, trace_index node,
    struct call_frame *call);

/* A call of the leaf `node` has ended. */
void calls_time(struct calls *calls, struct segment *segment, trace_index node, uint64_t ticks);

/* The root's call with this record has ended, in whatever way, after so many ticks. */
void calls_end(struct calls *calls, struct segment *segment, uint64_t stack_end,
    struct call_frame *root, uint64_t ticks);

/* Goes on for a new owner with what the former one has kept, unless that was left in the middle. */
void calls_continue(struct calls *calls);

/* Forgets all, for a new owner. */
void calls_reset(struct calls *calls);

#endif
