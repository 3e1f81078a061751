/*
 * jumps.h - functions that were called and have jumped on: their frames are gone.
 */
#ifndef TREE_ADDED_JUMPS_H
#define TREE_ADDED_JUMPS_H

#include <stddef.h>
#include <stdint.h>

#include "tree/builder.h"

/* Adds the function that the caller of the node has called, below `parent`, if the node is
 * certainly in another one. Returns the parent of the node: that function, or `parent`. NULL when
 * out of memory. */
struct tree_node *jumps_add(struct builder *builder, size_t index, struct tree_node *parent);

/* Adds a function that has jumped on, below `parent`. `caller` is the node that has called it,
 * whose place in the source is not looked up if it is in start code. NULL when out of memory. */
struct tree_node *jumps_add_function(
    struct builder *builder, const struct tree_node *wanted, uint32_t caller);

/* Frees what was found out about jumps. */
void jumps_finish(struct jumps *jumps);

#endif
