/*
 * sums.h - the columns at the left of a line of a view: time, share, hits.
 */
#ifndef REPORT_COLUMNS_SUMS_H
#define REPORT_COLUMNS_SUMS_H

#include <stdbool.h>
#include <stddef.h>

struct printer;
struct view;
struct view_node;

struct sums {
    const struct printer *printer;
    const struct view *view;
    size_t columns;   /* of the terminal; 0: no limit */
    bool shares_hits; /* shares are of hits and not of time */
};

/* Returns whether the terminal has no room for all sums. */
bool sums_are_narrow(const struct sums *sums);
void sums_print(const struct sums *sums, const struct view_node *node);
void sums_print_heading(const struct sums *sums);

/* Returns how many columns sums_print takes. Only numbers of hits may be wider than their column.
 */
size_t sums_columns(const struct sums *sums, const struct view_node *node);

#endif
