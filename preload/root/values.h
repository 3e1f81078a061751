/*
 * values.h - calls of the root by the value of an argument (--by).
 *
 * A thread has a record for each value with which it has called the root, and a record for each
 * leaf that was hit in calls with that value. A process keeps at most root_settings.limit values;
 * the calls with all others are counted together, as the rest. What an argument points at is never
 * read.
 *
 * The caller has claimed the values of its thread (calls.h). A signal handler that jumps away in
 * the middle of a change leaves them consistent.
 */
#ifndef VALUES_H
#define VALUES_H

#include <stdbool.h>
#include <stdint.h>

#include "code/call_frame.h"
#include "trace_format.h"

struct key_table;
struct segment;

/* How many VALUE_LEAF records a process makes: 32 MiB. */
#define VALUES_LEAVES_MAX (UINT32_C(1) << 19)

struct values {
    struct key_table *records; /* of VALUE records, by value */
    struct key_table *leaves;  /* of VALUE_LEAF records, by VALUE record and node */
    trace_index rest;          /* the VALUE record of all values that are not kept; 0: none yet */
};

/* The value of the argument of a call. */
uint64_t values_of(const struct call_frame *root);

/* A call with this value begins. Returns the VALUE record that counts it; 0: there is no room. */
trace_index values_begin(
    struct values *values, struct segment *segment, trace_index thread, uint64_t value);

/* The leaf `node` is hit in a call that the record `value` counts. */
void values_hit(
    struct values *values, struct segment *segment, trace_index value, trace_index node);

/* A hit is missing. */
void values_miss(struct segment *segment, trace_index value);

/* A call of the leaf `node` has ended, after `ticks` ticks. */
void values_time(const struct values *values, struct segment *segment, trace_index value,
    trace_index node, uint64_t ticks);

/* The call has ended; `is_jumped`: it was left by a jump. */
void values_end(struct segment *segment, trace_index value, uint64_t ticks, bool is_jumped);

/* Gives back the memory. */
void values_reset(struct values *values);

/* In a forked child, whose trace has no values yet: the process has none. */
void values_forget_all(void);

/* Takes the memory for the values that are kept, before the program forbids system calls. */
void values_prepare(void);

#endif
