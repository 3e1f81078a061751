/*
 * calls.h - the calls of a trace that have not returned.
 */
#ifndef TRACE_OPEN_CALLS_H
#define TRACE_OPEN_CALLS_H

#include <stdint.h>

#include "trace_format.h"

struct clock_rate;
struct records;
struct snapshot;

/* Reads all calls that are open now into records->open, from the blocks of the file, of which the
 * header names the latest one; what they refer to was published before. Uses the file of `records`
 * only. Returns 0 or -errno. */
int open_records_read(struct records *records, trace_index latest_block);

/* Adds them to a snapshot whose nodes and objects are complete, and counts those that refer to
 * something else as malformed. places[] has the index of each record in the array for its kind;
 * UINT32_MAX: it is not there. Returns 0 or -ENOMEM. */
int open_calls_add(struct snapshot *snapshot, const struct records *records, const uint32_t *places,
    const struct clock_rate *rate);

/* Sorts them by node, the latest ones of a node first, when the nodes of each thread stand
 * together.
 */
void open_calls_sort(struct snapshot *snapshot);

/* Also takes away the oldest ones of a leaf that has more of them than hits without a return: a
 * running program has ended them meanwhile. */
void open_calls_settle(struct snapshot *snapshot);

/* The objects of the snapshot are not there any more. */
void open_calls_forget_objects(struct snapshot *snapshot);

#endif
