/*
 * groups.h - the tasks of a run, those together that do the same at the same places.
 */
#ifndef TASKS_GROUPS_H
#define TASKS_GROUPS_H

#include <stddef.h>
#include <stdint.h>

#include "tasks/place.h"
#include "trace/tasks/task.h"

struct snapshot;
struct symbols;

struct task_group {
    enum task_state state;
    const char *places[TRACE_TASK_NODES]; /* texts, each once; of task_groups */
    size_t place_count, fresh;            /* the first `fresh` are those of the latest turn */
    size_t count;                         /* of tasks, at least 1 */
    uint64_t shortest_ns, longest_ns;     /* since when they are in this state; 0: not known */
    uint64_t oldest_ns;                   /* since the first turn of the oldest one; 0: not known */
    uint64_t turns_most;                  /* of one task */
};

/* A zeroed object is empty. */
struct task_groups {
    struct task_group *list; /* the largest first */
    size_t count, room;
    size_t tasks, states[TASK_STATES]; /* how many in all, and in each state */
    uint64_t lost_turns;               /* of tasks for which traces had no room */
    char **texts;
    size_t text_count, text_room;
};

/* Finds them. Returns 0, or -ENOMEM; then `groups` is empty. */
int task_groups_find(struct task_groups *groups, struct snapshot *const *snapshots, size_t count,
    struct symbols *symbols, const struct place_style *style);
void task_groups_finish(struct task_groups *groups);

#endif
