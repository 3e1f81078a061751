/*
 * tasks_wish.h - which tasks the user wants to be followed.
 *
 * The functions add to *tasks, a text (malloc'ed; NULL: empty) with a line for each wish, for
 * leaves_add_tasks. They return 0, -ENOMEM, or -EINVAL with *problem, one line (malloc'ed).
 */
#ifndef OPTIONS_TASKS_WISH_H
#define OPTIONS_TASKS_WISH_H

/* --tasks: names of runtimes, separated by commas; NULL: of all. */
int tasks_wish_runtimes(char **tasks, const char *names, char **problem);

/* --task: functions with their roles. */
int tasks_wish_roles(char **tasks, const char *roles, char **problem);

/* --exact-tasks, when all options are known: alone it asks for the tasks of all runtimes. */
int tasks_wish_exact(char **tasks);

#endif
