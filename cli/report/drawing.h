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

/* The node after `node` when callers come first; *depth follows. NULL: that was the last. */
const struct tree_node *drawing_next(
    const struct tree_node *node, const struct tree_node *top, size_t *depth);

#endif
