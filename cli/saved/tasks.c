/*
 * tasks.c - tasks of asynchronous runtimes, in a saved file.
 */
#include "saved/parts.h"

#include "saved/reader.h"
#include "saved/saved.h"
#include "saved/writer.h"
#include "trace/snapshot.h"

_Static_assert(sizeof(struct snapshot_task) == 64, "a new field of a task is saved");

#define TASKS_MAX (1u << 23)

/* ---- writing ---- */

static void put_task(struct writer *writer, const struct snapshot_task *task)
{
    writer_number(writer, task->key);
    writer_number(writer, task->turns);
    writer_number(writer, task->born_ns);
    writer_number(writer, task->since_ns);
    writer_number(writer, task->thread == SNAPSHOT_NONE ? 0 : (uint64_t)task->thread + 1);
    writer_number(writer, task->state);
    writer_number(writer, task->fresh);
    writer_number(writer, task->place_count);
    for (size_t i = 0; i < task->place_count; i++)
        writer_number(writer, task->places[i]);
}

void saved_put_tasks(struct writer *writer, const struct saved *saved)
{
    writer_number(writer, saved->snapshot_count);
    for (size_t i = 0; i < saved->snapshot_count; i++) {
        const struct snapshot *snapshot = saved->snapshots[i];
        writer_number(writer, snapshot->lost_turns);
        writer_number(writer, snapshot->task_count);
        for (size_t k = 0; k < snapshot->task_count; k++)
            put_task(writer, &snapshot->tasks[k]);
    }
}

/* ---- reading ---- */

static uint32_t get_place(struct reader *reader, const struct snapshot *snapshot)
{
    uint64_t place = reader_number(reader);
    if (place < snapshot->node_count && snapshot->nodes[place].kind != SNAPSHOT_LEAF)
        return (uint32_t)place;
    reader_fail(reader, "it is damaged");
    return 0;
}

static struct snapshot_task get_task(struct reader *reader, const struct snapshot *snapshot)
{
    struct snapshot_task task = {.key = reader_number(reader)};
    task.turns = reader_number(reader);
    task.born_ns = reader_number(reader);
    task.since_ns = reader_number(reader);
    uint64_t thread = reader_number_to(reader, snapshot->thread_count);
    task.thread = thread ? (uint32_t)(thread - 1) : SNAPSHOT_NONE;
    task.state = (uint8_t)reader_number_to(reader, TASK_STATES - 1);
    task.fresh = (uint8_t)reader_number_to(reader, TRACE_TASK_NODES);
    task.place_count = (uint8_t)reader_number_to(reader, TRACE_TASK_NODES);
    for (size_t i = 0; i < task.place_count && snapshot->node_count > 0; i++)
        task.places[i] = get_place(reader, snapshot);
    if (task.fresh > task.place_count || (task.place_count && snapshot->node_count == 0))
        reader_fail(reader, "it is damaged");
    return task;
}

static void get_process_tasks(struct reader *reader, struct snapshot *snapshot)
{
    size_t room = 0;
    snapshot->lost_turns = reader_number(reader);
    size_t count = reader_number_to(reader, TASKS_MAX);
    for (size_t i = 0; i < count; i++) {
        struct snapshot_task task = get_task(reader, snapshot);
        if (!reader_grow(reader, &snapshot->tasks, i, &room, sizeof task))
            return;
        snapshot->tasks[snapshot->task_count++] = task;
    }
}

void saved_get_tasks(struct reader *reader, struct saved *saved)
{
    if (reader_number(reader) != saved->snapshot_count)
        reader_fail(reader, "it is damaged");
    for (size_t i = 0; i < saved->snapshot_count && reader_problem(reader) == NULL; i++)
        get_process_tasks(reader, saved->snapshots[i]);
}
