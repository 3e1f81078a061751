/*
 * build.h - cuts the recorded tree at the root and builds downtraces from the rest.
 */
#ifndef TREE_BUILD_H
#define TREE_BUILD_H

#include "tree/tree.h"

struct snapshot;
struct symbols;

/* The steps (progress.h) for each node of a snapshot: two here, and one of who shows the tree. */
#define TREE_STEPS 3

/* The tree lives until tree_destroy; it points into `snapshot` and `symbols`, which must outlive
 * it. NULL when out of memory. */
struct tree_process *tree_create(
    const struct snapshot *snapshot, struct symbols *symbols, const struct tree_options *options);
void tree_destroy(struct tree_process *process);

#endif
