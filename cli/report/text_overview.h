/*
 * text_overview.h - the processes of a run as text.
 */
#ifndef REPORT_TEXT_OVERVIEW_H
#define REPORT_TEXT_OVERVIEW_H

#include <stdbool.h>
#include <stddef.h>

struct overview;
struct printer;

/* Prints the groups of processes that matter most, with those that started them, on at most `lines`
 * lines of at most `columns` columns, 40 or more (0: it is no terminal); nothing if there is only
 * one group. `has_idle`: the times in leaves include idle ones, which is said. */
void text_overview_print(const struct printer *printer, const struct overview *overview,
    bool has_idle, size_t lines, size_t columns);

#endif
