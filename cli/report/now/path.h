/*
 * path.h - the path to an open call.
 */
#ifndef REPORT_NOW_PATH_H
#define REPORT_NOW_PATH_H

#include <stddef.h>

struct printer;
struct view_node;

/* Prints the path to the leaf as one line, without its end, of at most so many columns. */
void now_path_print(const struct printer *printer, const struct view_node *leaf, size_t columns);

/* Prints it with a line for each function, after `indent` columns, and the place in its source.
 * Files below `directory`, which may be NULL, have a relative path. */
void now_path_print_places(const struct printer *printer, const struct view_node *leaf,
    size_t indent, const char *directory);

#endif
