/*
 * children.h - finds the children of a tree's nodes by their contents.
 */
#ifndef TREE_CHILDREN_H
#define TREE_CHILDREN_H

#include <stddef.h>
#include <stdint.h>

struct child_slot;
struct node_block;
struct tree_node;

/* A zeroed object is empty. */
struct children {
    struct node_block *blocks; /* memory of the nodes; malloc'ed */
    struct child_slot *slots;  /* hash table of (parent, contents of the child) -> child;
                                * malloc'ed */
    size_t capacity, count;    /* the capacity is a power of two */
};

/* Returns a zeroed node, which children_find does not find. NULL when out of memory. */
struct tree_node *children_add_top(struct children *children);

/* Returns the child of wanted->parent that is equal to `wanted`; if there is none, appends it; a
 * leaf has counted nothing then. NULL when out of memory. */
struct tree_node *children_find(struct children *children, const struct tree_node *wanted);

/* Returns the leaf of this name that was called from `parent`, or NULL. */
struct tree_node *children_find_leaf(
    const struct children *children, struct tree_node *parent, const char *name);

/* Forgets all nodes, whose memory is used again. */
void children_clear(struct children *children);

void children_free_blocks(struct node_block *blocks);

#endif
