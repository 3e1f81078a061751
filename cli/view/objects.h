/*
 * objects.h - the pass that puts together what the calls of a view's leaves have waited for.
 */
#ifndef VIEW_OBJECTS_H
#define VIEW_OBJECTS_H

#include <stddef.h>

struct tree_node;
struct view;
struct view_builder;
struct view_node;
struct view_object;

/* Adds the objects of a leaf of the tree that is being added, which counts at this node. Returns 0
 * or -ENOMEM. */
int view_objects_add(
    struct view_builder *builder, const struct tree_node *leaf, const struct view_node *at);

/* Puts objects together that are one for a reader, sorts them, and keeps lines for those that
 * weigh something. Comes before the cut. */
void view_objects_weigh(struct view_builder *builder);

/* Chooses which objects of shown leaves are shown. */
void view_objects_choose(struct view_builder *builder);

/* Returns the objects of a leaf, the heaviest first, and their number. */
const struct view_object *view_objects_of(
    const struct view *view, const struct view_node *leaf, size_t *count);

/* Returns the one object that stands for the whole leaf, or NULL. */
const struct view_object *view_objects_only(const struct view *view, const struct view_node *leaf);

void view_objects_finish(struct view_builder *builder);

#endif
