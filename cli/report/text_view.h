/*
 * text_view.h - a view as text: what a report says first, and what it says last.
 */
#ifndef REPORT_TEXT_VIEW_H
#define REPORT_TEXT_VIEW_H

struct printer;
struct report;
struct report_run;
struct report_summary;
struct view;

/* Prints the head, what is wrong, the tree, the table of leaves, and how to see more. */
void text_view_print(const struct printer *printer, const struct report *report,
    const struct report_run *run, const struct view *view, const struct report_summary *summary);

/* Prints the first two lines: the times, and the hits. */
void text_view_print_head(
    const struct printer *printer, const struct report_run *run, const struct view *view);

/* Prints how many paths are not shown, if there are any. */
void text_view_print_more(const struct printer *printer, const struct view *view);

#endif
