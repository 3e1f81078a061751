/*
 * quantiles.h - the median and the 99th percentile of the times of calls, as text.
 */
#ifndef REPORT_DURATIONS_QUANTILES_H
#define REPORT_DURATIONS_QUANTILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct histogram;
struct printer;

/* Of fewer calls, a median or a percentile says less than the longest call. */
#define QUANTILES_MEDIAN_CALLS 10
#define QUANTILES_P99_CALLS    100

/* Writes the time within which `percent` of the calls returned, with two digits: "~3.1 us", as the
 * bounds of a bucket are a factor of two apart, or "<=122 ns". Empty if there are too few calls, or
 * if it is not known. `text` has `size` bytes, at least 40. */
void quantiles_format(const struct printer *printer, const struct histogram *histogram,
    unsigned percent, char *text, size_t size);

/* Writes how long the longest call took: "4.1 ms", or "<=4.1 ms" if the histogram does not know it
 * (histogram.is_longest_most). `histogram` may be NULL; `text` as above. */
void quantiles_format_longest(const struct printer *printer, const struct histogram *histogram,
    uint64_t longest_ns, char *text, size_t size);

/* Returns whether they say more than the longest call does: that one is none like the others.
 * `histogram` may be NULL. */
bool quantiles_are_news(const struct histogram *histogram);

/* Writes "median ~3.1 us, p99 ~40 us, ". */
void quantiles_write(FILE *out, const struct printer *printer, const struct histogram *histogram);

#endif
