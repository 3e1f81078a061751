/*
 * check_nodes.h - what must hold for the nodes of each snapshot, whatever it was made from.
 */
#ifndef CHECK_NODES_H
#define CHECK_NODES_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "trace/snapshot.h"

static inline void check(bool holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "this does not hold together: %s\n", what);
    abort();
}

static inline void check_nodes(const struct snapshot *snapshot)
{
    for (size_t i = 0; i < snapshot->node_count; i++) {
        const struct snapshot_node *node = &snapshot->nodes[i];
        check(node->thread < snapshot->thread_count, "the thread of a node");
        check(node->module == SNAPSHOT_NONE || node->module < snapshot->module_count,
            "the module of a node");
        check(node->caller == SNAPSHOT_NONE ||
                  (node->caller < i && snapshot->nodes[node->caller].kind != SNAPSHOT_LEAF &&
                      snapshot->nodes[node->caller].thread == node->thread),
            "the caller of a node");
        check(node->kind != SNAPSHOT_LEAF || node->leaf < snapshot->leaf_count, "a leaf's place");
        check(i == 0 || node[-1].thread <= node->thread, "the order of the threads");
    }
    for (size_t i = 0; i < snapshot->leaf_count; i++) {
        const struct snapshot_leaf *leaf = &snapshot->leaves[i];
        check(leaf->name && leaf->name[0], "a leaf's name");
        check(leaf->returns <= leaf->hits, "more returns than hits");
    }
}

#endif
