/*
 * elsewhere.h - counts calls that end in other threads than they began in (trace_elsewhere).
 *
 * Only the thread of a leaf's node writes the node's counters. All other threads share a record
 * beside it, with locked additions.
 */
#ifndef ELSEWHERE_H
#define ELSEWHERE_H

#include <stdint.h>

#include "trace/segment.h"
#include "trace_format.h"

/* A call of the leaf has ended after `ticks`. Async-signal-safe, as is the next one. */
void elsewhere_leave(struct segment *segment, struct trace_node *leaf, uint64_t ticks);

/* The same of a call that has ended at an unknown time. */
void elsewhere_end(struct segment *segment, struct trace_node *leaf);

#endif
