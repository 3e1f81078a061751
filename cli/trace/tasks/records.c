/*
 * records.c - the records of tasks in a trace file.
 *
 * A table is read in parts, each of them twice. A task whose turn is even, and the same both times,
 * was not changed by a turn in between. Any other one is running.
 */
#include "trace/tasks/records.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "trace/records.h"

#define PART 256 /* records that are read at once */

static int add_copy(struct task_records *tasks, const struct trace_task *task)
{
    if (array_reserve(&tasks->list, tasks->count, 1, &tasks->room, sizeof *tasks->list) != 0)
        return -ENOMEM;
    memcpy(&tasks->list[tasks->count++], task, sizeof *task);
    return 0;
}

static int take_part(struct task_records *tasks, const union trace_record *before,
    union trace_record *now, size_t count)
{
    int error = 0;
    for (size_t i = 0; i < count && error == 0; i++) {
        if (before[i].kind != TRACE_TASK || now[i].kind != TRACE_TASK || now[i].task.key == 0)
            continue;
        if (before[i].task.turn != now[i].task.turn)
            now[i].task.turn |= 1;
        error = add_copy(tasks, &now[i].task);
    }
    return error;
}

static int read_part(
    const struct records *records, struct task_records *tasks, trace_index first, uint32_t count)
{
    union trace_record before[PART], now[PART];
    size_t size = count * sizeof *now, offset = (size_t)first * TRACE_RECORD_SIZE;
    int error = records_read_at(records, before, size, offset);
    if (error == 0)
        error = records_read_at(records, now, size, offset);
    return error ? error : take_part(tasks, before, now, count);
}

static int read_task_table(
    const struct records *records, struct task_records *tasks, trace_index first, uint32_t count)
{
    int error = 0;
    for (uint32_t done = 0; done < count && error == 0; done += PART)
        error = read_part(records, tasks, first + done, count - done < PART ? count - done : PART);
    return error;
}

/* Tables do not overlap: each lies behind the older ones, and before `end`. */
static bool is_table_sound(const struct trace_task_table *table, trace_index index, uint32_t end)
{
    return table->kind == TRACE_TASK_TABLE && table->count < end - index && table->next < index;
}

int task_records_read(struct records *records, trace_index latest, uint32_t end)
{
    int error = 0;
    for (trace_index index = latest; index && error == 0;) {
        union trace_record record = {.kind = TRACE_FREE};
        if (index >= TRACE_FIRST_RECORD && index < end)
            error = records_read_at(
                records, &record, sizeof record, (size_t)index * TRACE_RECORD_SIZE);
        if (error == 0 && !is_table_sound(&record.task_table, index, end)) {
            records->tasks.malformed++;
            return 0;
        }
        if (error == 0)
            error = read_task_table(records, &records->tasks, index + 1, record.task_table.count);
        end = index;
        index = record.task_table.next;
    }
    return error;
}
