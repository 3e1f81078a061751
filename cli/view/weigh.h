/*
 * weigh.h - the pass that gives each node of a view what is below it, and sorts.
 */
#ifndef VIEW_WEIGH_H
#define VIEW_WEIGH_H

#include <stdint.h>

#include "view/view.h"

struct step;
struct tree_node;
struct view_builder;
struct view_node;

/* Returns how long the leaf's call that has not returned has lasted; 0: there is none, or that is
 * not known. */
uint64_t weigh_open_ns(const struct view_builder *builder, const struct tree_node *leaf);

/* Adds a leaf of a tree, which counts at this node, to the table of leaves. Returns 0 or -ENOMEM.
 */
int weigh_note_leaf(
    struct view_builder *builder, const struct step *leaf, const struct view_node *at);

/* Fills in the sums of all nodes and of the view, and sorts nodes, groups and leaves. */
void weigh(struct view_builder *builder);

/* Sorts nodes and groups. */
void weigh_sort(struct view *view, enum view_sort sort);

#endif
