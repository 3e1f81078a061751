/*
 * phases.h - what was called before main began, and after it ended.
 */
#ifndef TREE_ADDED_PHASES_H
#define TREE_ADDED_PHASES_H

#include "tree/builder.h"

/* In the main thread, sets the phase of each path that is certainly on the stack with which the
 * process began, and on which main is not. */
void phases_find(struct builder *builder);

/* Returns the node below which such paths are shown; NULL when out of memory. */
struct tree_node *phases_add(struct builder *builder, enum phase phase, struct tree_node *top);

#endif
