/*
 * reach.h - takes of a trace only what open calls and tasks refer to.
 */
#ifndef TRACE_OPEN_REACH_H
#define TRACE_OPEN_REACH_H

#include <stdint.h>

#include "trace_format.h"

struct records;

/* Takes of the first `count` records those that records->open and tasks refer to: nodes with their
 * callers, modules, threads, names of leaves, objects, and texts; and the program and its command
 * line. So a snapshot of a large trace is made of few records. Comes in place of records_begin.
 * Returns 0 or -errno. */
int records_reach(struct records *records, const struct trace_header *header, uint32_t count);

#endif
