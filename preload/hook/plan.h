/*
 * plan.h - fetches the plan of a file from the session, as hook_plan.h says.
 *
 * For whoever holds the dynamic linker's lock, or is alone: one caller at a time. Only
 * system calls are made, none once they are forbidden.
 */
#ifndef PLAN_H
#define PLAN_H

#include <stdbool.h>
#include <stdint.h>

#include "hook_plan.h"

/* Whose plan. The struct is what is sent to ask for it. */
struct plan_wanted {
    uint32_t path_length; /* 0: the program's, which is looked up when somebody is asked */
    struct hook_plan_request request;
};

/* A plan in memory, checked: every offset and size in it holds, and no two functions overlap. */
struct plan {
    const struct hook_plan_header *header;
    const struct hook_plan_entry *entries; /* header->count of them */
    const char *texts;                     /* where they begin; offsets are the file's */
    uint32_t texts_size;
};

/* Says where the session's directory is. */
void plan_begin(const char *directory);

/* Whether somebody offers plans there, or did. */
bool plan_is_offered(void);

/* Opens the plan that is wanted, and asks for it where it is not there yet. Returns false where
 * there is none, or none that holds together. */
bool plan_open(struct plan_wanted *wanted, struct plan *plan);

void plan_close(struct plan *plan);

#endif
