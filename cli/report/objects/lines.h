/*
 * lines.h - what calls have waited for, beside and below the line of their leaf.
 */
#ifndef REPORT_OBJECTS_LINES_H
#define REPORT_OBJECTS_LINES_H

#include <stddef.h>
#include <stdio.h>

struct printer;
struct tree_node;
struct tree_object;
struct view;
struct view_node;
struct view_object;

/* Returns the one object of the leaf that a tree says behind it; NULL: none, or there are lines
 * below it. */
const struct tree_object *objects_behind(
    const struct printer *printer, const struct tree_node *leaf);

/* Prints "  /etc/passwd" for it. */
void objects_print_behind(const struct printer *printer, const struct tree_object *object);

/* Returns the objects that have lines below the leaf in a tree, and how many: several, or one about
 * which there is more to say than stands behind the leaf. */
const struct tree_object *objects_below(
    const struct printer *printer, const struct tree_node *leaf, size_t *count);

/* Prints "/etc/passwd x2  1.2 ms", without a newline. */
void objects_print_line(
    const struct printer *printer, const struct tree_node *leaf, const struct tree_object *object);

/* Writes an object of a view behind its leaf, in at most `columns` if that is not 0, without
 * anything before it. */
void objects_write_behind(
    const struct printer *printer, FILE *out, const struct view_object *object, size_t columns);

/* Prints an object of a view in a line of its own, likewise. */
void objects_print_own_line(
    const struct printer *printer, const struct view_object *object, size_t columns);

/* Returns what those of the leaf's objects that have no line have together, and what has no object.
 * The time is 0 if that weighs nothing beside the leaf. */
struct view_object objects_rest(const struct view *view, const struct view_node *leaf);

#endif
