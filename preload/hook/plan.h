/*
 * plan.h - fetches the plan of a file from the session, as hook_plan.h says.
 *
 * One caller at a time: at the start, or under the dynamic linker's lock. Makes only system calls,
 * and none after they are forbidden.
 */
#ifndef PLAN_H
#define PLAN_H

#include <stdbool.h>
#include <stdint.h>

#include "hook_plan.h"

/* Which file's plan. `request` is sent to ask for it. */
struct plan_wanted {
    uint32_t path_length; /* 0: the program's path, which is looked up before the request is sent */
    struct hook_plan_request request;
};

/* A checked plan in memory: every offset and size in it is valid, and no two functions overlap. */
struct plan {
    const struct hook_plan_header *header;
    const struct hook_plan_entry *entries; /* header->count of them */
    const char *texts; /* the first text; offsets count from the beginning of the file */
    uint32_t texts_size;
};

/* Notes the session's directory. */
void plan_begin(const char *directory);

/* Whether the tool offers plans there, or did. */
bool plan_is_offered(void);

/* Opens the wanted plan, and asks for it if it is not there yet. Returns false if there is none, or
 * only an invalid one. */
bool plan_open(struct plan_wanted *wanted, struct plan *plan);

void plan_close(struct plan *plan);

#endif
