/*
 * groups.h - which threads and processes are wanted, and which of them are shown as one tree.
 */
#ifndef VIEW_GROUPS_H
#define VIEW_GROUPS_H

#include <stdbool.h>

#include "names/near_miss.h"

struct tree_process;
struct tree_thread;
struct view_builder;

/* A pattern of --process or --thread. */
struct groups_pattern {
    bool has_matched;
    struct near_miss near; /* names that it may have meant */
};

/* Returns 0 or -ENOMEM. */
int groups_begin(struct view_builder *builder);
void groups_finish(struct view_builder *builder);

/* Returns whether --process and --thread let the thread be shown. */
bool groups_is_wanted(struct view_builder *builder, const struct tree_process *process,
    const struct tree_thread *thread);

/* The same for the tasks of the process, which --thread names `task`. */
bool groups_wants_tasks(struct view_builder *builder, const struct tree_process *process);

/* Sets builder->group to that of the thread that is being added, and counts it. Returns 0 or
 * -ENOMEM. */
int groups_enter(struct view_builder *builder);

/* Returns a pattern of --process or --thread that has matched nothing, or NULL. Sets *near. */
const char *groups_unmatched(
    const struct view_builder *builder, const char **option, struct near_miss *near);

#endif
