/*
 * draft.h - writes the plan of a file, in the layout of hook_plan.h.
 */
#ifndef PLANNER_DRAFT_H
#define PLANNER_DRAFT_H

#include <stddef.h>
#include <stdint.h>

struct hook_plan_entry;

/* A plan that is being made. A zeroed object is empty. */
struct plan_draft {
    struct hook_plan_entry *entries;
    size_t count, room;
    char *texts;
    size_t texts_size, texts_room;
};

/* Adds an entry with its names and flags. Its address must follow those of the earlier entries.
 * Returns 0 or -ENOMEM. */
int plan_draft_add(struct plan_draft *draft, const struct hook_plan_entry *entry,
    const char *symbol, const char *shown, uint32_t flags);

/* Writes the plan as directory/name; a file of this name is always complete. Returns 0 or
 * -errno. */
int plan_draft_save(const struct plan_draft *draft, const char *directory, const char *name);
void plan_draft_finish(struct plan_draft *draft);

#endif
