/*
 * chart.h - a histogram as text, a line for each bucket.
 */
#ifndef REPORT_DURATIONS_CHART_H
#define REPORT_DURATIONS_CHART_H

#include <stdbool.h>
#include <stddef.h>

struct histogram;
struct printer;

/* Prints "read: median ~3.1 us, p99 ~40 us, longest 2.0 ms", for a page that has nothing else. */
void chart_print_title(
    const struct printer *printer, const struct histogram *histogram, const char *leaf);

/* Returns whether counts[index] has calls: other buckets have no line. */
bool chart_has_line(const struct histogram *histogram, size_t index);

#define CHART_LEAST_COLUMNS 36 /* of bounds and calls */

/* Prints the line of counts[index] without the newline: bounds, calls, and a bar. It has at most
 * `columns` columns, CHART_LEAST_COLUMNS or more; 0: there is no limit. */
void chart_print_line(
    const struct printer *printer, const struct histogram *histogram, size_t index, size_t columns);

#endif
