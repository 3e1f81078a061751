/*
 * make.h - decides how the leaves of one file are hooked at their entry.
 */
#ifndef PLANNER_MAKE_H
#define PLANNER_MAKE_H

#include "plan/file.h"

struct hook_plan_request;
struct leaves;

/* Writes into `directory` what is asked for, under the names of plan/file.h: of a file the list of
 * its leaves and its plan, or the plan for what an IFUNC in it stands for. What is no program or
 * library has no leaves. Returns 0 or -errno, -ENOENT where such a function cannot be hooked. */
int plan_make(const struct hook_plan_request *request, const char *directory,
    const struct leaves *leaves, enum plan_policy policy);

#endif
