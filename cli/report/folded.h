/*
 * folded.h - a view as text: a line for each fork, with sums.
 */
#ifndef REPORT_FOLDED_H
#define REPORT_FOLDED_H

#include <stdbool.h>
#include <stddef.h>

struct printer;
struct view;

/* Prints the heading of the columns and the nodes that are shown. With `places`, each node has a
 * line with its place. Lines have at most `columns` columns; 0: they are not cut. */
void folded_print(
    const struct printer *printer, const struct view *view, bool places, size_t columns);

#endif
