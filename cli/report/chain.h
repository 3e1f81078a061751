/*
 * chain.h - a row of functions that each have called the next one, as one line of a report.
 */
#ifndef REPORT_CHAIN_H
#define REPORT_CHAIN_H

#include <stddef.h>

struct printer;
struct view_node;

/* Prints the functions from `first` down to `last`, as "a › b › … › c". If the text has more than
 * `columns` columns, functions in the middle are left out, then letters. */
void chain_print(const struct printer *printer, const struct view_node *first,
    const struct view_node *last, size_t columns);

/* Returns the columns that the whole text has. */
size_t chain_columns(
    const struct printer *printer, const struct view_node *first, const struct view_node *last);

#endif
