/*
 * objects.h - what the calls of a tree's leaves have waited for.
 */
#ifndef TREE_OBJECTS_H
#define TREE_OBJECTS_H

#include "tree/builder.h"

/* Adds the objects of a recorded leaf to the leaf of the tree that it has become. Returns false
 * when out of memory. */
bool tree_objects_add(
    struct builder *builder, const struct snapshot_node *node, const struct tree_node *leaf);

/* Puts objects of a leaf together that are one for a reader, and sorts them. */
void tree_objects_settle(struct tree_thread *thread, const struct tree_options *options);

/* Returns the objects of a leaf of the thread, the heaviest first, and their number. */
const struct tree_object *tree_objects_of(
    const struct tree_thread *thread, const struct tree_node *leaf, size_t *count);

/* When an equal tree was merged into that of the thread: leaves the leaf its object only if it is
 * one, and the leaf of the other tree has the same. */
void tree_objects_keep_common(struct tree_thread *thread, const struct tree_node *leaf,
    const struct tree_thread *equal_thread, const struct tree_node *equal_leaf);

void tree_objects_finish(struct tree_thread *thread);

#endif
