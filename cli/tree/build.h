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

/* Makes the trees of all threads. The object lives until tree_destroy; it points into `snapshot`
 * and `symbols`, which must outlive it, as must what the options point to. NULL when out of memory.
 */
struct tree_process *tree_create(
    const struct snapshot *snapshot, struct symbols *symbols, const struct tree_options *options);

/* The same, but only one thread has its tree at a time, which tree_show makes; so thousands of
 * threads take no more memory than the largest of them. The sums are not known before tree_count.
 */
struct tree_process *tree_open(
    const struct snapshot *snapshot, struct symbols *symbols, const struct tree_options *options);

/* Completes the sums of the process and its threads with those that were not shown so far. Returns
 * 0 or -ENOMEM. */
int tree_count(const struct tree_process *process);

void tree_destroy(struct tree_process *process);

#endif
