/*
 * lines.h - the calls that are open, put together by path, and tasks.
 */
#ifndef REPORT_NOW_LINES_H
#define REPORT_NOW_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ages.h"

struct task_group;
struct task_groups;
struct view;
struct view_group;
struct view_node;
struct view_object;

/* Open calls of one leaf with one path, or tasks that do the same at the same places. */
struct now_line {
    const struct view_group *group;
    const struct view_node *leaf;
    const struct task_group *tasks; /* NULL: they are calls; else the former are NULL */
    bool is_idle;
    uint64_t calls; /* or tasks */
    uint64_t order; /* of what is equal */
    struct ages ages;
    const struct view_object *objects; /* for which they wait: see now_lines_is_object */
    size_t object_count;
};

/* Returns whether some of the open calls wait for the object, and it is known which one it is. */
bool now_lines_is_object(const struct view_object *object);

/* A zeroed object is empty. */
struct now_lines {
    struct now_line *list; /* malloc'ed */
    size_t count, room;
};

/* Lists the open calls of a view; of a call within another one, only the inner one. The first lines
 * are those with most time: the longest and the shortest call, for each thread. Idle calls come
 * last unless `mixes_idle`. Returns 0 or -ENOMEM. Free it with now_lines_finish in any case. */
int now_lines_make(
    struct now_lines *lines, const struct view *view, uint64_t min_ns, bool mixes_idle);

/* Adds tasks, but for those that are finished or run others, and brings the lines into their order
 * again. NULL: there are none. Returns 0 or -ENOMEM. */
int now_lines_add_tasks(
    struct now_lines *lines, const struct task_groups *tasks, uint64_t min_ns, bool mixes_idle);
void now_lines_finish(struct now_lines *lines);

#endif
