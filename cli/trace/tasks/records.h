/*
 * records.h - the records of tasks in a trace file.
 */
#ifndef TRACE_TASKS_RECORDS_H
#define TRACE_TASKS_RECORDS_H

#include <stddef.h>
#include <stdint.h>

#include "trace_format.h"

struct records;

/* Copies of the records, each as it was at one moment. A zeroed object is empty. */
struct task_records {
    struct trace_task *list; /* malloc'ed */
    size_t count, room;
    uint64_t malformed; /* tables that were left out because they were inconsistent */
};

/* Reads all tasks into records->tasks; `latest` is the latest table. What they refer to was
 * published before, so this comes before records_begin. `end`: how many records the file has. Uses
 * the file of `records` only. Returns 0 or -errno. */
int task_records_read(struct records *records, trace_index latest, uint32_t end);
void task_records_finish(struct task_records *tasks);

#endif
