/*
 * plans.h - how the leaves of each file are hooked at their entry.
 *
 * A plan (hook_plan.h) is made for each file of the program before it starts, and for every other
 * that a process of the run maps as code, when it asks through the session's socket: by a thread,
 * which most runs never need. It comes from an earlier run (plan/cache.h) or is made by the planner
 * (planner.h), so the processes need no symbols and no decoder.
 */
#ifndef PLAN_PLANS_H
#define PLAN_PLANS_H

#include <stdbool.h>
#include <stddef.h>

#include "plan/file.h"

struct leaves;
struct plans;

/* Plans will be written into `directory` by the program `planner`. All that is given has to outlive
 * them. Returns 0 or -errno. */
int plans_create(struct plans **plans, const char *planner, const char *directory,
    const struct leaves *leaves, enum plan_policy policy);

enum plan_policy plans_policy(const struct plans *plans);

/* Makes the file's plan, if there is none yet; `is_program` as in struct plan_file. Returns 0 or
 * -errno, -ECHILD where the planner cannot be run or has died. */
int plans_add(struct plans *plans, const char *path, bool is_program);

/* From now on the processes of the run may ask, if there are plans. Returns 0 or -errno. */
int plans_listen(struct plans *plans);

/* A descriptor that becomes readable when the first of them asks; -1: nobody will. */
int plans_door(const struct plans *plans);

/* Begins to answer them, if it has not begun. Returns 0 or -errno, and then nobody may ask. */
int plans_serve(struct plans *plans);

/* Who has asked is answered, and nobody any more. What was found stays. */
void plans_stop(struct plans *plans);
void plans_destroy(struct plans *plans);

/* The files that were looked at, in this order. Not while they are served. */
const struct plan_file *plans_file(const struct plans *plans, size_t index); /* NULL: the end */

/* Writes the interposer of these files, in this order, to `path` if an earlier run has kept it. */
bool plans_load_interposer(const struct plans *plans, const char *path);
void plans_store_interposer(const struct plans *plans, const char *path);

/* The file with this path, if it was added; NULL if not. */
const struct plan_file *plans_find(const struct plans *plans, const char *path);

#endif
