/*
 * task_check.h - whether the functions by which tasks are followed exist, and can be hooked.
 */
#ifndef PLAN_TASK_CHECK_H
#define PLAN_TASK_CHECK_H

struct leaves;
struct plans;
struct program;

/* Checks them before the run, when the program's files have their plans. Returns 0; or -errno with
 * *problem, one line (malloc'ed), if a function that is needed is missing. If all known runtimes
 * were asked for and the program has none of them, calls `warn` with a line that says so. */
int task_check_before(const struct plans *plans, const struct leaves *leaves,
    const struct program *program, void (*warn)(const char *line), char **problem);

#endif
