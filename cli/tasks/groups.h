/*
 * groups.h - the tasks of a run, those together that do the same at the same places.
 */
#ifndef TASKS_GROUPS_H
#define TASKS_GROUPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slots.h"
#include "tasks/place.h"
#include "trace/tasks/task.h"

struct snapshot;
struct symbols;
struct view_options;

struct task_group {
    enum task_state state;
    const struct place *places[TRACE_TASK_NODES]; /* each text once; of task_groups */
    size_t place_count, fresh;                    /* the first `fresh` are of the latest turn */
    bool is_idle;                     /* it waits for work, at all of these: see view/idle.h */
    size_t count;                     /* of tasks, at least 1 */
    uint64_t shortest_ns, longest_ns; /* since when they are in this state; 0: not known */
    int tid;             /* of the thread in which the one with longest_ns ran last; 0: not known */
    uint64_t oldest_ns;  /* since the first turn of the oldest one; 0: not known */
    uint64_t turns_most; /* of one task */
};

/* A zeroed object is empty. */
struct task_groups {
    struct task_group *list; /* the largest first */
    size_t count, room;
    size_t tasks, states[TASK_STATES]; /* how many in all, and in each state */
    uint64_t lost_turns;               /* of tasks for which traces had no room */
    struct place **places;             /* malloc'ed, of malloc'ed ones */
    size_t place_count, place_room;
    struct slots places_by_text, groups_by_places; /* the own ones of groups.c */
};

/* Adds the tasks of a snapshot. `options`, with facts of them in `style`, say which paths are
 * wanted (under, through, without, leaves: a task is in none); NULL: all. The groups are in no
 * order. Returns 0 or -ENOMEM. */
int task_groups_add(struct task_groups *groups, const struct snapshot *snapshot,
    struct symbols *symbols, const struct place_style *style, const struct view_options *options);

/* Brings them into their order. */
void task_groups_sort(struct task_groups *groups);
void task_groups_finish(struct task_groups *groups);

#endif
