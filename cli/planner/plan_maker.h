/*
 * plan_maker.h - decides how the leaves of one file are hooked at their entry.
 */
#ifndef PLANNER_PLAN_MAKER_H
#define PLANNER_PLAN_MAKER_H

#include "plan/file.h"

struct hook_plan_request;
struct leaves;

/* Writes the requested files into `directory`, under the names of plan/file.h: the list of leaves
 * and the plan of a file, or the plan of the function that an IFUNC in it stands for. A file that
 * is no program or library has no leaves. Returns 0 or -errno, -ENOENT if such a function cannot be
 * hooked. */
int plan_make(const struct hook_plan_request *request, const char *directory,
    const struct leaves *leaves, enum plan_policy policy);

#endif
