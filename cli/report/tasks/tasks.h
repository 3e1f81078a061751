/*
 * tasks.h - what the tasks of asynchronous runtimes were doing at the end of a run.
 */
#ifndef REPORT_TASKS_TASKS_H
#define REPORT_TASKS_TASKS_H

#include <stddef.h>

struct printer;
struct task_group;
struct task_groups;

/* Prints how many tasks are in which state, and a line for each place. NULL: there are no tasks. */
void tasks_print(const struct printer *printer, const struct task_groups *groups);

/* Prints a line with how many tasks are in which state, if there are any. */
void tasks_print_states(const struct printer *printer, const struct task_groups *groups);

/* Returns what stands before this place of the group: "", "and " or "perhaps ". */
const char *tasks_before_place(const struct task_group *group, size_t index);

/* Prints a line if there was no room for some tasks. */
void tasks_print_lost_turns(const struct printer *printer, const struct task_groups *groups);

#endif
