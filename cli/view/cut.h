/*
 * cut.h - the pass that chooses what is shown.
 */
#ifndef VIEW_CUT_H
#define VIEW_CUT_H

#include <stdbool.h>
#include <stddef.h>

struct view;
struct view_builder;
struct view_group;
struct view_node;

/* Marks the nodes that are shown, and counts the rest. */
void cut(struct view_builder *builder);

/* Returns the sums of the children that are not shown; sets *count to how many they are. */
struct view_node cut_rest(const struct view_node *parent, size_t *count);

/* Returns whether a shown node continues the line of its parent: it is the only one that is shown
 * there, and has nearly all of its parent's time and hits. */
bool cut_continues_line(const struct view_node *node);

/* Returns whether a group has a line of its own: there are others, or it is not the main thread of
 * one process. */
bool cut_has_heading(const struct view *view, const struct view_group *group);

/* Returns the node after `node` if callers come first; NULL after the last one below `top`. */
struct view_node *cut_next(struct view_node *node, const struct view_node *top);

/* Returns the shown child after `child`, or the first one for NULL; NULL: there is none. */
const struct view_node *cut_next_child(
    const struct view_node *parent, const struct view_node *child);

#endif
