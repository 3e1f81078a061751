/*
 * tasks_wish.h - which tasks the user wants to be followed.
 *
 * The functions add to options->tasks, a text with a line for each wish, for leaves_add_tasks. They
 * return 0, -ENOMEM, or -EINVAL with *problem, one line (malloc'ed).
 */
#ifndef OPTIONS_TASKS_WISH_H
#define OPTIONS_TASKS_WISH_H

struct options;

/* --tasks: names of runtimes, separated by commas; NULL: of all. */
int tasks_wish_runtimes(struct options *options, const char *names, char **problem);

/* --task: functions with their roles. */
int tasks_wish_roles(struct options *options, const char *roles, char **problem);

/* When all options are known: --exact-tasks alone asks for the tasks of all runtimes. */
int tasks_wish_exact(struct options *options);

#endif
