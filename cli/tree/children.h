/*
 * children.h - the nodes of a tree, found below their parents by what they are.
 */
#ifndef TREE_CHILDREN_H
#define TREE_CHILDREN_H

#include <stddef.h>
#include <stdint.h>

struct child_slot;
struct node_block;
struct tree_node;

/* An object of zeroes has none. */
struct children {
    struct node_block *blocks; /* in which the nodes lie; malloc'ed */
    struct child_slot *slots; /* look-up table of (parent, what the child is) -> child; malloc'ed */
    size_t capacity, count;   /* the capacity is a power of two */
};

/* A node of zeroes, which nobody finds. NULL when out of memory. */
struct tree_node *children_allocate(struct children *children);

/* The child of wanted->parent that is the same as `wanted`, which else becomes its last one; `path`
 * is that of its module, or NULL. NULL when out of memory. */
struct tree_node *children_find(
    struct children *children, const struct tree_node *wanted, const char *path);

/* The leaf of this name that was called from `parent`, or NULL. */
struct tree_node *children_find_leaf(
    const struct children *children, struct tree_node *parent, const char *name);

void children_free_blocks(struct node_block *blocks);

#endif
