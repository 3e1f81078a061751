/*
 * nodes.h - makes a view's nodes, and finds the children of one by their contents.
 */
#ifndef VIEW_NODES_H
#define VIEW_NODES_H

#include <stddef.h>

#include "view/view.h"

struct nodes_block;

/* A zeroed object is empty. */
struct nodes {
    struct nodes_block *blocks; /* memory of the nodes; malloc'ed */
    struct view_node **slots;   /* hash table of (parent, contents) -> node; malloc'ed */
    size_t capacity, count;     /* the capacity is a power of two */
    uint32_t made;              /* number of nodes */
};

/* Sets wanted->hash. With `sites`, the place of a frame is part of its contents. */
void nodes_hash(struct view_node *wanted, bool sites);

/* Returns whether they are the same but for their parents. */
bool nodes_is_same(const struct view_node *a, const struct view_node *b, bool sites);

/* Returns the child of wanted->parent with the contents of `wanted`; if there is none, appends a
 * copy of it. NULL when out of memory. */
struct view_node *nodes_find(struct nodes *nodes, const struct view_node *wanted, bool sites);

/* Returns a copy of `wanted` that is nobody's child. NULL when out of memory. */
struct view_node *nodes_add(struct nodes *nodes, const struct view_node *wanted);

void nodes_finish(struct nodes *nodes);

#endif
