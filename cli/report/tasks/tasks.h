/*
 * tasks.h - what the tasks of asynchronous runtimes were doing at the end of a run.
 */
#ifndef REPORT_TASKS_TASKS_H
#define REPORT_TASKS_TASKS_H

struct printer;
struct task_groups;

/* Prints how many tasks are in which state, and a line for each place. NULL: there are no tasks. */
void tasks_print(const struct printer *printer, const struct task_groups *groups);

#endif
