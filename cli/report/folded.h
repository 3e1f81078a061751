/*
 * folded.h - a view as text: a line for each fork, with sums.
 */
#ifndef REPORT_FOLDED_H
#define REPORT_FOLDED_H

#include <stdbool.h>
#include <stddef.h>

struct printer;
struct report;
struct view;
struct view_group;
struct view_node;

/* Prints the heading of the columns and the nodes that are shown. With report->places, each node
 * has a line with its place. */
void folded_print(
    const struct printer *printer, const struct view *view, const struct report *report);

/* A line of a tree in which a browser shows and hides nodes. */
struct folded_line {
    const struct view *view;
    const struct view_group *group;
    const struct view_node *first, *last; /* a chain; a top stands for its group */
    size_t level;                         /* 0: the outermost */
    bool *has_sequel; /* by level, from 1 to this one: there is another line below it */
    bool places;      /* as for folded_print */
    bool shares_hits; /* the share is that of hits, not of time */
    size_t columns;
    size_t levels_left_out; /* at the left, where the lines are too deep for the screen */
};

/* Print a line as folded_print does, without the newline. A node whose children are not shown is
 * marked. Where there are few columns, either the time or the hits are left out. */
void folded_print_columns(const struct printer *printer, const struct folded_line *line);
void folded_print_line(const struct printer *printer, const struct folded_line *line);

/* Prints a line for the children of line->last that are not shown. */
void folded_print_rest(const struct printer *printer, const struct folded_line *line);

#endif
