/*
 * values.h - the calls of the root in a snapshot, by the value of an argument (--by).
 */
#ifndef TRACE_ROOT_VALUES_H
#define TRACE_ROOT_VALUES_H

#include <stdint.h>

struct clock_rate;
struct records;
struct snapshot;

/* Adds them to a snapshot whose nodes are complete, and counts inconsistent records as malformed.
 * places[] has the index of each THREAD and LEAF record in the snapshot, UINT32_MAX: it is not
 * there; it gets those of VALUE records. Returns 0 or -ENOMEM. */
int values_read(struct snapshot *snapshot, struct records *records, uint32_t *places,
    const struct clock_rate *rate);

#endif
