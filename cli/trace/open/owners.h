/*
 * owners.h - whose the calls are that have not returned.
 */
#ifndef TRACE_OPEN_OWNERS_H
#define TRACE_OPEN_OWNERS_H

struct snapshot;

/* Moves the open calls to nodes of the threads that have made them, where a tree is that of several
 * threads, and the calls of suspended fibers to nodes of a thread of their own, with the id 0.
 * Threads, nodes, leaves and calls for objects are added for that, but no more than a million nodes
 * or so: other calls stay where they are. Only the open calls of the new leaves are there, no
 * counters. Returns 0 or -ENOMEM; then some may have been moved. */
int open_calls_split(struct snapshot *snapshot);

#endif
