/*
 * chosen_leaves.h - the leaves that the user wants to see of those that a run has recorded.
 */
#ifndef COMMANDS_NOW_CHOSEN_LEAVES_H
#define COMMANDS_NOW_CHOSEN_LEAVES_H

#include "leaves/leaves.h"
#include "view/view.h"

struct options;

/* A zeroed object is empty. */
struct chosen_leaves {
    struct leaves leaves;
    const char **names; /* malloc'ed */
    size_t count;
};

/* Reads --leaf; without it there are none, which means all. Returns 0, or -errno with *problem, one
 * line (malloc'ed), or NULL when out of memory. Free it with chosen_leaves_finish in any case. */
int chosen_leaves_read(struct chosen_leaves *chosen, const struct options *options, char **problem);
void chosen_leaves_finish(struct chosen_leaves *chosen);

/* Returns what a view is to show of the leaves, which lasts as long as they do. */
struct view_patterns chosen_leaves_patterns(const struct chosen_leaves *chosen);

#endif
