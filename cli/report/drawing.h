/*
 * drawing.h - a tree as text.
 */
#ifndef REPORT_DRAWING_H
#define REPORT_DRAWING_H

#include <stddef.h>

struct printer;
struct tree_node;

/* Draws what is below `top`. */
void drawing_print(const struct printer *printer, const struct tree_node *top);

/* Returns the node after `node` in an order in which callers come first, and updates *depth. NULL
 * after the last node. */
const struct tree_node *drawing_next(
    const struct tree_node *node, const struct tree_node *top, size_t *depth);

#endif
