/*
 * lines.h - the calls that are open, put together by path.
 */
#ifndef REPORT_NOW_LINES_H
#define REPORT_NOW_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ages.h"

struct view;
struct view_group;
struct view_node;
struct view_object;

/* Open calls of one leaf with one path. */
struct now_line {
    const struct view_group *group;
    const struct view_node *leaf;
    uint64_t calls;
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
void now_lines_finish(struct now_lines *lines);

#endif
