/*
 * folded.h - a view as text: a line for each fork, with sums.
 */
#ifndef REPORT_FOLDED_H
#define REPORT_FOLDED_H

struct printer;
struct report;
struct view;

/* Prints the heading of the columns and the nodes that are shown. With report->places, each node
 * has a line with its place. */
void folded_print(
    const struct printer *printer, const struct view *view, const struct report *report);

#endif
