/*
 * tasks.h - the functions by which tasks of asynchronous runtimes are followed.
 */
#ifndef LEAVES_TASKS_H
#define LEAVES_TASKS_H

#include <stddef.h>

struct leaves;

#define TASKS_AUTO  "auto"
#define TASKS_EXACT "exact"

/* Adds the functions that `wishes` names to the leaves; they are no leaves themselves. `wishes` has
 * one in each line, and must outlive the leaves: the name of a runtime, "auto" for all of them, or
 * functions with their roles, such as "turn=F,leaf=G,key=1". The roles are those of the manual, in
 * the description of --task. With a line "exact", futures store wakers that never seem to be that
 * of the next turn, as in the description of --exact-tasks. Returns 0 or -errno; -EINVAL with
 * *problem, one line (malloc'ed). */
int leaves_add_tasks(struct leaves *leaves, const char *wishes, char **problem);

#endif
