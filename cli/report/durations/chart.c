/*
 * chart.c - a histogram as text, a line for each bucket.
 */
#include "report/durations/chart.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/histogram.h"
#include "report/durations/quantiles.h"
#include "report/printer.h"

#define BAR_COLUMNS   40
#define TIME_COLUMNS  9
#define COUNT_COLUMNS 13
#define OTHER_COLUMNS (2 * TIME_COLUMNS + 4 + COUNT_COLUMNS + 2)
#define FULL          " or more"
#define FULL_NARROW   "+"

_Static_assert(OTHER_COLUMNS - 2 + sizeof FULL_NARROW - 1 == CHART_LEAST_COLUMNS, "without a bar");

void chart_print_title(
    const struct printer *printer, const struct histogram *histogram, const char *leaf)
{
    print_painted(printer, PAINT_LEAF, leaf);
    fputs(": ", printer->out);
    quantiles_write(printer->out, printer, histogram);
    char text[40];
    quantiles_format_longest(printer, histogram, histogram->longest_ns, text, sizeof text);
    fprintf(printer->out, "longest %s", text);
}

bool chart_has_line(const struct histogram *histogram, size_t index)
{
    return histogram->counts[index] > 0;
}

static uint64_t largest_count(const struct histogram *histogram)
{
    uint64_t largest = 1;
    for (unsigned i = 0; i < histogram->size; i++)
        largest = histogram->counts[i] > largest ? histogram->counts[i] : largest;
    return largest;
}

static void print_bounds(
    const struct printer *printer, const struct histogram *histogram, size_t index)
{
    uint64_t least_ns = histogram_least_ns(histogram, index);
    if (least_ns)
        print_duration_column(printer, least_ns, TIME_COLUMNS);
    else
        fprintf(printer->out, "%*s", TIME_COLUMNS, "up");
    fputs(" to ", printer->out);
    print_duration_column(printer, histogram_most_ns(histogram, index), TIME_COLUMNS);
}

/* The bar of the largest bucket has all columns, and each bar has at least one mark. */
static void print_bar(
    const struct printer *printer, uint64_t count, uint64_t largest, size_t columns)
{
    const char *const *marks = printer->glyphs->bar;
    size_t parts = 0;
    while (marks[parts])
        parts++;
    size_t length = (size_t)((double)count / (double)largest * (double)(columns * parts) + 0.5);
    length = length ? length : 1;
    for (size_t i = 0; i < length / parts; i++)
        fputs(marks[parts - 1], printer->out);
    if (length % parts)
        fputs(marks[length % parts - 1], printer->out);
}

void chart_print_line(
    const struct printer *printer, const struct histogram *histogram, size_t index, size_t columns)
{
    char calls[40];
    size_t other = OTHER_COLUMNS + (histogram->is_full ? strlen(FULL) : 0), bar = BAR_COLUMNS;
    if (columns)
        bar = columns > other ? columns - other : 0;
    bar = bar < BAR_COLUMNS ? bar : BAR_COLUMNS;
    print_bounds(printer, histogram, index);
    format_number(histogram->counts[index], calls, sizeof calls);
    fprintf(printer->out, "%*s", COUNT_COLUMNS, calls);
    if (bar > 0) {
        fputs("  ", printer->out);
        paint(printer, PAINT_TIME);
        print_bar(printer, histogram->counts[index], largest_count(histogram), bar);
        paint(printer, PAINT_NONE);
    }
    if (histogram->is_full && histogram->counts[index] >= HISTOGRAM_FULL)
        fputs(columns && columns < other ? FULL_NARROW : FULL, printer->out);
}
