/*
 * total.h - the sum of what processes report besides their trees.
 */
#ifndef TREE_TOTAL_H
#define TREE_TOTAL_H

#include "tree/tree.h"

struct tree_total {
    struct tree_process sum; /* hits, losses, unhooked leaves, untimed calls and marks of all; it
                              * has no trees, and no program */
    size_t process_count;
    uint64_t cpu_ns;   /* of all processes */
    bool is_cpu_least; /* of some, it is not known until their end */
    size_t unhooked_room;
};

/* A zeroed object is empty. Texts point into the snapshots of the processes. Returns 0 or
 * -ENOMEM. */
int tree_total_add(struct tree_total *total, const struct tree_process *process);
void tree_total_finish(struct tree_total *total);

#endif
