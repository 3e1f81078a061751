/*
 * records.h - the records of tasks in a trace file.
 */
#ifndef TRACE_TASKS_RECORDS_H
#define TRACE_TASKS_RECORDS_H

#include <stdint.h>

#include "trace_format.h"

struct records;

/* Reads all tasks into records->tasks; `latest` is the latest table. What they refer to was
 * published before, so this comes before records_begin. `end`: how many records the file has. Uses
 * the file of `records` only. Returns 0 or -errno. */
int task_records_read(struct records *records, trace_index latest, uint32_t end);

#endif
