/*
 * plans.h - how the leaves of each file are hooked at their entry.
 *
 * The tool makes a plan (hook_plan.h) for each file of the program before the program starts. For
 * every other file that a process of the run maps as code, the process asks through the session's
 * socket; a thread answers, which most runs never need. A plan comes from an earlier run
 * (plan/cache.h) or from the planner (planner.h), so the processes need no symbols and no decoder.
 */
#ifndef PLAN_PLANS_H
#define PLAN_PLANS_H

#include <stdbool.h>
#include <stddef.h>

#include "plan/file.h"

struct leaves;
struct plans;

/* Plans will be written into `directory` by the program `planner`. All arguments must outlive the
 * plans. Returns 0 or -errno. */
int plans_create(struct plans **plans, const char *planner, const char *directory,
    const struct leaves *leaves, enum plan_policy policy);

enum plan_policy plans_policy(const struct plans *plans);

/* Makes the file's plan, if it has none yet; `is_program` as in struct plan_file. Returns 0 or
 * -errno, -ECHILD if the planner cannot be run or has died. */
int plans_add(struct plans *plans, const char *path, bool is_program);

/* From this call on the processes of the run may ask, if there are plans. Returns 0 or -errno. */
int plans_listen(struct plans *plans);

/* Returns a descriptor that becomes readable at the first request, or -1: there will be no
 * request. */
int plans_descriptor(const struct plans *plans);

/* Begins to answer requests, if it has not begun. Returns 0 or -errno; then processes can no longer
 * ask. */
int plans_serve(struct plans *plans);

/* Answers the requests that have arrived, and no later ones. Keeps what was found. */
void plans_stop(struct plans *plans);
void plans_destroy(struct plans *plans);

/* Returns the examined files, in order; NULL after the last. Not to be called while requests are
 * answered. */
const struct plan_file *plans_file(const struct plans *plans, size_t index); /* NULL: the end */

/* Writes the interposer for these files, in this order, to `path`. Returns false if no earlier run
 * has kept it. */
bool plans_load_interposer(const struct plans *plans, const char *path);
void plans_store_interposer(const struct plans *plans, const char *path);

/* Returns the file with this path if it was added, else NULL. */
const struct plan_file *plans_find(const struct plans *plans, const char *path);

#endif
