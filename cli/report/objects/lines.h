/*
 * lines.h - what calls have waited for, beside and below the line of their leaf.
 */
#ifndef REPORT_OBJECTS_LINES_H
#define REPORT_OBJECTS_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct printer;
struct tree_node;
struct tree_object;
struct view;
struct view_node;
struct view_object;

/* Returns the one object of the leaf that a tree can say behind it; NULL: none. */
const struct tree_object *objects_behind(
    const struct printer *printer, const struct tree_node *leaf);

/* Prints "  /etc/passwd" for it. */
void objects_print_behind(const struct printer *printer, const struct tree_object *object);

/* Returns the objects that have lines below the leaf in a tree, and how many: those that are not
 * said behind it, or about which there is more to say. `behind`: the object that is; or NULL. */
const struct tree_object *objects_below(const struct printer *printer, const struct tree_node *leaf,
    const struct tree_object *behind, size_t *count);

/* Returns "* /etc/passwd x2  1.2 ms", in lines of at most `columns`, 10 or more, if that is not 0;
 * of an object that is said behind its leaf, what else there is to say. malloc'ed; NULL when out of
 * memory. */
char *objects_text(const struct printer *printer, const struct tree_object *object, bool is_behind,
    size_t columns);

/* Writes an object of a view behind its leaf, without anything before it. The object has at most
 * `columns` if that is not 0. */
void objects_write_behind(const struct printer *printer, FILE *out,
    const struct view_object *object, size_t columns, bool has_note);

/* What was written behind the leaf. */
enum objects_said {
    OBJECTS_SAID_ALL,
    OBJECTS_SAID_NAME,
    OBJECTS_SAID_OPEN, /* not the object, but that calls have not returned */
    OBJECTS_SAID_NOTHING,
};

/* Returns whether the object has a line of its own in the view. */
bool objects_has_line(
    const struct view *view, const struct view_object *object, enum objects_said said);

/* Returns what stands there, as objects_text does. */
char *objects_view_text(const struct printer *printer, const struct view_object *object,
    enum objects_said said, size_t columns);

/* Returns all that there is to say of one object of a leaf, as objects_text does. `note`: as
 * labels_note returns it, or NULL. */
char *objects_whole_text(const struct printer *printer, const struct view_object *object,
    const char *note, size_t columns);

/* Returns what those of the leaf's objects that have no line have together, and what has no object.
 * The time is 0 if that weighs nothing beside the leaf. */
struct view_object objects_rest(const struct view *view, const struct view_node *leaf);

#endif
