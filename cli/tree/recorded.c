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

static bool is_leaf_of(const struct snapshot *snapshot, const struct snapshot_node *node,
    uint32_t caller, const char *name)
{
    const struct snapshot_leaf *leaf = snapshot_leaf_of(snapshot, node);
    return leaf && node->caller == caller && strcmp(leaf->name, name) == 0;
}

/* Makes the hash table of the thread's recorded leaves. */
static bool list_leaves(struct builder *builder)
{
    const struct snapshot *snapshot = builder->snapshot;
    size_t capacity = 16;
    while (capacity < 2 * (builder->end - builder->first))
        capacity *= 2;
    builder->leaves = malloc(capacity * sizeof *builder->leaves);
    builder->leaf_capacity = capacity;
    if (builder->leaves == NULL)
        return false;
    memset(builder->leaves, 0xff, capacity * sizeof *builder->leaves);
    for (size_t i = builder->first; i < builder->end; i++) {
        const struct snapshot_node *node = &snapshot->nodes[i];
        const struct snapshot_leaf *leaf = snapshot_leaf_of(snapshot, node);
        if (leaf == NULL)
            continue;
        size_t at = leaf_place(builder, node->caller, leaf->name);
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
        if (is_leaf_of(builder->snapshot, node, caller, name))
            return node;
    }
}
