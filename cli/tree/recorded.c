/*
 * recorded.c - finds a recorded leaf by its caller and its name.
 */
#include "tree/recorded.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

static size_t leaf_place(const struct builder *builder, uint32_t caller, const char *name)
{
    return hash_text(hash_number(0, caller), name) & (builder->leaf_capacity - 1);
}

static bool is_leaf_of(const struct snapshot_node *node, uint32_t caller, const char *name)
{
    return node->kind == SNAPSHOT_LEAF && node->caller == caller && strcmp(node->leaf, name) == 0;
}

/* Makes the hash table of recorded leaves. */
static bool list_leaves(struct builder *builder)
{
    const struct snapshot *snapshot = builder->snapshot;
    size_t capacity = 16;
    while (capacity < 2 * snapshot->node_count)
        capacity *= 2;
    builder->leaves = malloc(capacity * sizeof *builder->leaves);
    builder->leaf_capacity = capacity;
    if (builder->leaves == NULL)
        return false;
    memset(builder->leaves, 0xff, capacity * sizeof *builder->leaves);
    for (size_t i = 0; i < snapshot->node_count; i++) {
        const struct snapshot_node *node = &snapshot->nodes[i];
        if (node->kind != SNAPSHOT_LEAF)
            continue;
        size_t at = leaf_place(builder, node->caller, node->leaf);
        while (builder->leaves[at] != SNAPSHOT_NONE)
            at = (at + 1) & (capacity - 1);
        builder->leaves[at] = (uint32_t)i;
    }
    return true;
}

const struct snapshot_node *recorded_find(
    struct builder *builder, uint32_t caller, const char *name)
{
    if (builder->leaves == NULL && !list_leaves(builder))
        return NULL;
    for (size_t at = leaf_place(builder, caller, name);;
         at = (at + 1) & (builder->leaf_capacity - 1)) {
        if (builder->leaves[at] == SNAPSHOT_NONE)
            return NULL;
        const struct snapshot_node *node = &builder->snapshot->nodes[builder->leaves[at]];
        if (is_leaf_of(node, caller, name))
            return node;
    }
}
