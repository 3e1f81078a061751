/*
 * text_calls.h - the calls of the root as text, each with its tree.
 */
#ifndef REPORT_TEXT_CALLS_H
#define REPORT_TEXT_CALLS_H

#include <stddef.h>

struct printer;
struct report;
struct tree_calls;
struct tree_values;
struct view;

/* Prints the calls, and the notes about all of them. `views` and `all` as in struct
 * report_format. */
void text_calls_print(const struct printer *printer, const struct tree_calls *calls,
    const struct view *const *views, const struct view *all, const struct report *report);

/* The same for calls by the value of an argument; `shown` as there. */
void text_values_print(const struct printer *printer, const struct tree_values *values,
    const struct view *const *views, size_t shown, const struct view *all,
    const struct report *report);

#endif
