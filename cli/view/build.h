/*
 * build.h - puts the trees of processes together to a view.
 */
#ifndef VIEW_BUILD_H
#define VIEW_BUILD_H

#include "view/view.h"

struct facts_table;
struct near_miss;
struct view_builder;

/* Checks the patterns in the options. Returns 0, -ENOMEM, or -EINVAL with *problem, one line
 * (malloc'ed): one is no name. */
int view_check(const struct view_options *options, char **problem);

/* Begins a view with options that have been checked. Returns 0 or -ENOMEM. */
int view_begin(struct view_builder **builder, const struct view_options *options);

/* Adds the tree of a process; the tree is not needed afterwards. Returns 0 or -ENOMEM. */
int view_add(struct view_builder *builder, const struct tree_process *process);

/* For tasks, which are in no tree. The facts about the functions of their paths live as long as the
 * builder. Tasks are chosen by --process, and by --thread if that names `task`. */
struct facts_table *view_facts(struct view_builder *builder);
bool view_wants_tasks(struct view_builder *builder, const struct tree_process *process);

/* Returns the ids of the threads of the process that was added last that wait for work, as far as
 * their paths are wanted; sets *count. The next view_add changes them. */
const int *view_idle_threads(const struct view_builder *builder, size_t *count);

/* Weighs, sorts and cuts what was added. The view lives until view_destroy. */
const struct view *view_end(struct view_builder *builder);

/* Sorts the nodes and the groups anew. */
void view_sort(struct view_builder *builder, enum view_sort sort);

/* Returns a pattern of the options that no function, thread or process has matched, or NULL;
 * *option is its option, such as "--under", and *near has names that it may have meant. */
const char *view_unmatched(
    const struct view_builder *builder, const char **option, struct near_miss *near);

void view_destroy(struct view_builder *builder);

#endif
