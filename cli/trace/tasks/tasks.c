/*
 * tasks.c - tasks of asynchronous runtimes: what each was doing when the snapshot was taken.
 */
#include "trace/tasks/tasks.h"

#include <errno.h>
#include <stdlib.h>

#include "trace/clock_rate.h"
#include "trace/contents.h"

/* Whether the end of every task is seen, as far as can be told: some were, and no task is of a
 * runtime whose wakers are not counted. */
static bool sees_ends(const struct task_records *records)
{
    bool has_end = false;
    for (size_t i = 0; i < records->count; i++) {
        const struct trace_task *task = &records->list[i];
        bool counts = task->state & TRACE_TASK_COUNTS;
        if (task->nodes[0] && !counts)
            return false;
        has_end |= (task->state & TRACE_TASK_ENDED) != 0;
    }
    return has_end;
}

/* A task that has taken a waker in its latest turn waits, if its wakers are not counted. */
static enum task_state state_of(const struct trace_task *task, bool sees_ends)
{
    bool counts = task->state & TRACE_TASK_COUNTS;
    if (task->state & TRACE_TASK_ENDED)
        return TASK_FINISHED;
    if (task->turn & 1)
        return task->state & TRACE_TASK_NESTS ? TASK_RUNS_OTHERS : TASK_RUNNING;
    if (task->state & TRACE_TASK_WOKEN)
        return TASK_READY;
    if (counts ? task->wakers > 0 : task->fresh > 0)
        return TASK_WAITING;
    if (sees_ends)
        return TASK_NO_WAKER;
    return counts || task->nodes[0] == 0 ? TASK_ENDED_OR_LOST : TASK_UNKNOWN;
}

static bool has_place(const struct snapshot_task *task, uint32_t place)
{
    for (size_t i = 0; i < task->place_count; i++)
        if (task->places[i] == place)
            return true;
    return false;
}

/* How many places count, the newest first. With fewer wakers than places of the latest turn, some
 * were given back in it: mostly the earlier ones. With more, earlier turns have taken some: a
 * future that gets the same waker again does not take another one. */
static size_t places_wanted(const struct trace_task *task, size_t fresh)
{
    if (task->state & TRACE_TASK_COUNTS)
        return task->wakers > 0 ? (size_t)task->wakers : 0;
    return fresh ? fresh : 1;
}

/* Returns false if a place is no leaf with a caller. */
static bool fill_places(
    struct snapshot_task *to, const struct trace_task *task, const struct tasks_source *source)
{
    size_t fresh = task->fresh < TRACE_TASK_NODES ? task->fresh : TRACE_TASK_NODES;
    size_t wanted = places_wanted(task, fresh);
    bool is_sound = true;
    for (size_t i = 0; i < TRACE_TASK_NODES && i < wanted && task->nodes[i]; i++) {
        uint32_t place = source->caller(source->argument, task->nodes[i]);
        is_sound &= place != SNAPSHOT_NONE;
        if (place != SNAPSHOT_NONE && !has_place(to, place))
            to->places[to->place_count++] = place;
        if (i < fresh)
            to->fresh = to->place_count;
    }
    return is_sound;
}

static bool tasks_add_one(struct snapshot *snapshot, const struct trace_task *task, bool sees_ends,
    const struct tasks_source *source)
{
    struct snapshot_task *to = &snapshot->tasks[snapshot->task_count];
    *to = (struct snapshot_task){.key = task->key,
        .turns = ((uint64_t)task->turn + 1) / 2,
        .born_ns = clock_rate_moment_ns(source->rate, task->born),
        .since_ns = clock_rate_moment_ns(source->rate, task->since),
        .thread = source->thread(source->argument, task->thread),
        .has_word = (task->state & TRACE_TASK_HAS_WORD) != 0,
        .state = (uint8_t)state_of(task, sees_ends)};
    if (to->turns == 0)
        return true; /* it has got its key, and nothing else yet */
    bool waits = to->state == TASK_WAITING || to->state == TASK_UNKNOWN;
    snapshot->task_count++;
    return !waits || fill_places(to, task, source);
}

int tasks_add(struct snapshot *snapshot, const struct task_records *records,
    const struct tasks_source *source)
{
    snapshot->malformed += records->malformed;
    if (records->count == 0)
        return 0;
    snapshot->tasks = calloc(records->count, sizeof *snapshot->tasks);
    if (snapshot->tasks == NULL)
        return -ENOMEM;
    bool ends = sees_ends(records);
    for (size_t i = 0; i < records->count; i++)
        snapshot->malformed += !tasks_add_one(snapshot, &records->list[i], ends, source);
    return 0;
}
