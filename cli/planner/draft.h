/*
 * draft.h - writes the plan of a file, in the layout of hook_plan.h.
 */
#ifndef PLANNER_DRAFT_H
#define PLANNER_DRAFT_H

#include <stddef.h>
#include <stdint.h>

struct hook_plan_entry;

/* A plan while it is made. An object of zeroes is empty. */
struct plan_draft {
    struct hook_plan_entry *entries;
    size_t count, room;
    char *texts;
    size_t texts_size;
};

/* Adds an entry, whose address comes after those of the others, with its names and flags. Returns 0
 * or -ENOMEM. */
int plan_draft_add(struct plan_draft *draft, const struct hook_plan_entry *entry,
    const char *symbol, const char *shown, uint32_t flags);

/* Writes the plan as directory/name; it has that name when it is complete. Returns 0 or -errno. */
int plan_draft_save(const struct plan_draft *draft, const char *directory, const char *name);
void plan_draft_finish(struct plan_draft *draft);

#endif
