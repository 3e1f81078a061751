/*
 * recorded.h - finds a recorded leaf by its caller and its name.
 */
#ifndef TREE_RECORDED_H
#define TREE_RECORDED_H

#include "tree/builder.h"

/* Returns the leaf `name` that was called from the node `caller` of the thread, or NULL: there is
 * none, or no memory. The first call makes builder->leaves. */
const struct snapshot_node *recorded_find(
    struct builder *builder, uint32_t caller, const char *name);

#endif
