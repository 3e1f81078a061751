/*
 * remarks.h - what a line of a view says at its right.
 */
#ifndef REPORT_REMARKS_H
#define REPORT_REMARKS_H

#include <stdio.h>

struct printer;
struct view_group;
struct view_node;

/* Writes "  3 paths, longest 2.0 ms" of a line from `first` to `last`, or nothing. */
void remarks_write(const struct printer *printer, FILE *out, const struct view_group *group,
    const struct view_node *first, const struct view_node *last);

/* Writes "... 3 more paths  2.0 ms idle" of what cut_rest returns. */
void remarks_write_rest(const struct printer *printer, FILE *out, const struct view_node *rest);

#endif
