/*
 * tasks.h - what tasks of asynchronous runtimes wait for at one moment.
 */
#ifndef REPORT_NOW_TASKS_H
#define REPORT_NOW_TASKS_H

#include <stddef.h>
#include <stdio.h>

struct printer;
struct task_group;

/* Writes what the tasks do, as "50 tasks wait", "2 tasks run for". The time comes next, if it is
 * known, and then the rest: in which thread, or whether somebody can wake them. */
void now_tasks_write(FILE *out, const struct task_group *tasks);
void now_tasks_write_rest(FILE *out, const struct task_group *tasks);

/* Returns the first place, or of one that has several lines the last one. */
const char *now_tasks_last_line(const struct task_group *tasks);

/* Prints a line for each of their places, or for each line of these, after `indent` columns. */
void now_tasks_print_places(
    const struct printer *printer, const struct task_group *tasks, size_t indent);

#endif
