/*
 * sums.h - the columns at the left of a line of a view: time, share, hits.
 */
#ifndef REPORT_COLUMNS_SUMS_H
#define REPORT_COLUMNS_SUMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct printer;
struct view;
struct view_node;

struct sums {
    const struct printer *printer;
    const struct view *view;
    size_t columns;   /* of the terminal; 0: no limit */
    bool shares_hits; /* shares are of hits and not of time */
};

/* Of a part of a run, the share is that of the time that it took, which several threads can exceed,
 * and instead of hits there are those in a second: calls that have ended, so that a call that lasts
 * all the time is none. */

/* Writes the hits, of which so many have not returned; `text` has `size` bytes, at least 40. */
void sums_format_hits(
    const struct view *view, uint64_t hits, uint64_t open, char *text, size_t size);
const char *sums_hits_heading(const struct view *view);

/* Returns whether the terminal has no room for all sums. */
bool sums_are_narrow(const struct sums *sums);
void sums_print(const struct sums *sums, const struct view_node *node);
void sums_print_heading(const struct sums *sums);

/* Returns how many columns sums_print takes. Only numbers of hits may be wider than their column.
 */
size_t sums_columns(const struct sums *sums, const struct view_node *node);

#endif
