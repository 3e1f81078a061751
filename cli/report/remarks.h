/*
 * remarks.h - what a line of a view says besides its names.
 */
#ifndef REPORT_REMARKS_H
#define REPORT_REMARKS_H

#include <stddef.h>
#include <stdio.h>

struct printer;
struct view;
struct view_group;
struct view_node;

/* Writes at the left of a group's tree whose it is: "3 x nginx: worker process". */
void remarks_write_heading(const struct printer *printer, FILE *out, const struct view *view,
    const struct view_group *group);

/* Each has less than the one before, and the last one nothing. */
enum remarks_detail {
    REMARKS_ALL,
    REMARKS_NO_QUANTILES, /* no median and 99th percentile */
    REMARKS_NO_NOTE,      /* nor who held what was waited for */
    REMARKS_OBJECT,       /* only what was waited for, and that it is still waited for */
    REMARKS_OPEN,         /* only that calls have not returned */
    REMARKS_NONE,
};

/* A line from `first` to `last`. */
struct remarks_of {
    const struct view *view;
    const struct view_group *group;
    const struct view_node *first, *last;
    size_t columns; /* of the terminal; 0: no limit */
    enum remarks_detail detail;
};

/* Writes "  3 paths, longest 2.0 ms", or nothing. */
void remarks_write(const struct printer *printer, FILE *out, const struct remarks_of *of);

/* Returns "... 3 more paths  2.0 ms idle" of what cut_rest returns, malloc'ed; NULL when out of
 * memory. */
char *remarks_of_rest(const struct printer *printer, const struct view_node *rest);

#endif
