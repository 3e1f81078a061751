/*
 * text_calls.h - the calls of the root as text, each with its tree.
 */
#ifndef REPORT_TEXT_CALLS_H
#define REPORT_TEXT_CALLS_H

struct printer;
struct report;
struct tree_calls;
struct view;

/* Prints the calls, and the notes about all of them. `views` and `all` as in struct
 * report_format. */
void text_calls_print(const struct printer *printer, const struct tree_calls *calls,
    const struct view *const *views, const struct view *all, const struct report *report);

#endif
