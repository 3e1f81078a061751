/*
 * find.h - finds nodes of a view by a part of their names.
 */
#ifndef BROWSE_FIND_H
#define BROWSE_FIND_H

#include <stdbool.h>

#include "view/view.h"

/* Returns whether the name that is shown of the node has `text` in it, in capitals or not. Of a
 * top, it is that of its group. */
bool find_matches(const struct view *view, const struct view_node *node, const char *text);

/* Returns the first match after `node`, whether it is shown or not; after the last node of the view
 * comes the first one again, and `node` is the last one to be looked at. NULL: there is none. */
struct view_node *find_next(
    const struct view *view, const struct view_node *node, const char *text);

/* The same, backwards. */
struct view_node *find_previous(
    const struct view *view, const struct view_node *node, const char *text);

#endif
