/*
 * lines.h - the lines that a browser shows of a view.
 *
 * The view's own marks say which nodes are shown (is_shown, shown_children). The cut has chosen the
 * first ones; the functions below change them. A node is folded if it has children, and none is
 * shown. If only some are, a line after them stands for the rest.
 */
#ifndef BROWSE_LINES_H
#define BROWSE_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "view/view.h"

struct line {
    struct view_node *first, *last; /* a chain of only children */
    const struct view_group *group;
    size_t level; /* 0: the outermost */
    bool is_rest; /* it stands for the children of `last` that are not shown */
};

/* A zeroed object is empty. */
struct lines {
    struct line *list; /* malloc'ed */
    size_t count, room;
    const struct view *view;
    bool places; /* each node has a line of its own */
};

/* Shows what can never be hidden: the groups, or if they have no headings, their outermost
 * functions. */
void lines_begin(const struct view *view);

/* Lists the lines of lines->view anew. Returns 0 or -ENOMEM. */
int lines_list(struct lines *lines);
void lines_finish(struct lines *lines);

/* Returns the index of the line that has the node, or the nearest one above it that is shown. */
size_t lines_find(const struct lines *lines, struct view_node *node);

/* Returns the index of the line above to which this one belongs, or its own if there is none. */
size_t lines_parent(const struct lines *lines, size_t at);

/* Returns the index of the next (previous) line with the same parent, or its own. */
size_t lines_next_sibling(const struct lines *lines, size_t at);
size_t lines_previous_sibling(const struct lines *lines, size_t at);

/* Sets for each level up to the line's whether another line of that level stands below it, as in
 * struct folded_line; has_sequel[] has level + 1 elements. */
void lines_find_sequels(const struct lines *lines, size_t at, bool *has_sequel);

/* Returns the innermost leaf of the line; NULL: it has none. */
const struct view_node *lines_leaf(const struct line *line);

bool lines_is_folded(const struct view_node *node);

void lines_fold(struct view_node *node);
/* Shows the children, each to the end of its line. */
void lines_unfold(struct view_node *node);
void lines_unfold_all(struct view_node *node);

/* Shows the node, and what is above it. */
void lines_reveal(struct view_node *node);

/* Shows the heaviest child of the node, the heaviest one of that, and so on. Returns the last. */
struct view_node *lines_unfold_heaviest(struct view_node *node, bool by_hits);

#endif
