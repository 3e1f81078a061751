/*
 * tasks.h - a record for each task of an asynchronous runtime.
 *
 * A task is known by a key, an address. The records lie in the trace file, in tables of growing
 * size; nothing is ever taken out of a table, and a later task with the same key gets the record of
 * the former one. One thread at a time gives a task its turns; any thread may take its wakers, give
 * them back, and end it. All functions are async-signal-safe.
 */
#ifndef TASKS_H
#define TASKS_H

#include <stdbool.h>
#include <stdint.h>

#include "trace/segment.h"
#include "trace_format.h"

/* The record of the task, or NULL: there is none. */
struct trace_task *tasks_find(const struct segment *segment, uint64_t key);

/* The same; makes it if there is none. NULL: there is no room. */
struct trace_task *tasks_find_or_make(struct segment *segment, uint64_t key);

/* A turn begins in the thread with the record `thread`. `now`: the clock. */
void tasks_begin_turn(struct trace_task *task, trace_index thread, uint64_t now);
void tasks_end_turn(struct trace_task *task, uint64_t now);

/* A turn of another task begins within the task's turn. */
void tasks_nest(struct trace_task *task);

/* The word at the task's key is its state: TRACE_TASK_HAS_WORD. */
void tasks_have_word(struct trace_task *task);

/* The task, in a turn, gives a waker away at `node`, a LEAF. */
void tasks_wait_at(struct trace_task *task, trace_index node);

/* A task whose turns are not seen does the same: that was a turn. */
void tasks_wait_outside(struct trace_task *task, trace_index node, uint64_t now);

void tasks_take_waker(struct trace_task *task);
void tasks_give_waker(struct trace_task *task);
void tasks_wake(struct trace_task *task);
void tasks_end(struct trace_task *task, uint64_t now);

#endif
