/*
 * plan_make.h - decides how the leaves of one file are hooked at their entry.
 */
#ifndef PLAN_MAKE_H
#define PLAN_MAKE_H

#include "plans.h"

struct hook_plan_request;
struct plan_draft;

/* Finds the leaves in file->path, fills in file->list and drafts the plan. Returns 0 or -errno;
 * what is no program or library has no leaves. */
int plan_make(struct plan_draft *draft, struct plan_file *file, const struct leaves *leaves,
    enum plan_policy policy);

/* Drafts the plan for what an IFUNC stands for, as a process asks for it. Returns 0 or -errno,
 * -ENOENT where there is nothing to hook. */
int plan_make_resolved(
    struct plan_draft *draft, const struct hook_plan_request *request, const struct leaves *leaves);

#endif
