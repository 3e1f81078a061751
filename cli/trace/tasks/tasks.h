/*
 * tasks.h - makes the tasks of a snapshot from their records.
 */
#ifndef TRACE_TASKS_TASKS_H
#define TRACE_TASKS_TASKS_H

#include <stdint.h>

#include "trace/tasks/task.h"

struct clock_rate;
struct snapshot;
struct task_records;

/* What the records of tasks point to. */
struct tasks_source {
    /* Returns the caller of the LEAF record, an index in nodes[]; UINT32_MAX: there is none. */
    uint32_t (*caller)(void *argument, trace_index leaf);
    uint32_t (*thread)(void *argument, trace_index thread); /* index in threads[], or UINT32_MAX */
    void *argument;
    const struct clock_rate *rate;
};

/* Adds the tasks to a snapshot whose nodes are complete. Returns 0 or -ENOMEM. */
int tasks_add(struct snapshot *snapshot, const struct task_records *records,
    const struct tasks_source *source);

#endif
