/*
 * some_view.h - a view that a test makes by hand.
 */
#ifndef SOME_VIEW_H
#define SOME_VIEW_H

#include <stdio.h>
#include <string.h>

#include "view/view.h"

static struct view_node made[64];
static size_t made_count;
static struct view_group groups[2];
static struct view view;

/* Appends a node that is not shown. */
static inline struct view_node *add(
    struct view_node *parent, const char *function, uint64_t time_ns, uint64_t hits)
{
    struct view_node *node = &made[made_count++];
    *node = (struct view_node){.parent = parent,
        .kind = VIEW_FRAME,
        .function = function,
        .time_ns = time_ns,
        .hits = hits,
        .depth = 1};
    if (parent->last_child)
        parent->last_child->next_sibling = node;
    else
        parent->first_child = node;
    parent->last_child = node;
    return node;
}

/* Begins with groups without nodes. A single one is of the main thread and has no heading. */
static inline void begin_view(size_t group_count)
{
    memset(groups, 0, sizeof groups);
    made_count = 0;
    for (size_t i = 0; i < group_count; i++) {
        struct view_node *top = &made[made_count++];
        *top = (struct view_node){.kind = VIEW_TOP, .time_ns = 100, .hits = 100};
        groups[i] = (struct view_group){.kind = i ? "second" : "first",
            .pid = 1 + (int)i,
            .tid = 1 + (int)i,
            .top = top,
            .processes = 1,
            .threads = 1};
    }
    view = (struct view){.groups = groups, .group_count = group_count, .has_times = true};
}

#endif
