/*
 * quantiles.c - the median and the 99th percentile of the times of calls, as text.
 */
#include "report/durations/quantiles.h"

#include <string.h>

#include "base/histogram.h"
#include "report/printer.h"

#define NEWS_FACTOR 4 /* a longest call of so many times the median is none like the others */

/* Returns the number with its first two digits only. */
static uint64_t round_to_two_digits(uint64_t number)
{
    uint64_t unit = 1;
    while (number / unit >= 100)
        unit *= 10;
    uint64_t rest = number % unit;
    return rest >= unit - rest && unit > 1 ? number - rest + unit : number - rest;
}

static void remove_zero(char *text)
{
    char *zero = strstr(text, ".0 ");
    if (zero && zero - text > 1)
        memmove(zero, zero + 2, strlen(zero + 2) + 1);
}

static void format_time(
    const struct printer *printer, const struct histogram_time *time, char *text, size_t size)
{
    char number[40];
    bool is_about = time->precision == HISTOGRAM_ABOUT;
    const char *before = is_about                            ? "~"
                         : time->precision == HISTOGRAM_MOST ? printer->glyphs->most
                                                             : "";
    format_duration(
        printer, is_about ? round_to_two_digits(time->ns) : time->ns, number, sizeof number);
    if (is_about)
        remove_zero(number);
    snprintf(text, size, "%s%s", before, number);
}

void quantiles_format(const struct printer *printer, const struct histogram *histogram,
    unsigned percent, char *text, size_t size)
{
    struct histogram_time time;
    uint64_t least = percent == 50 ? QUANTILES_MEDIAN_CALLS : QUANTILES_P99_CALLS;
    text[0] = '\0';
    if (histogram_calls(histogram) >= least && histogram_quantile(histogram, percent, &time))
        format_time(printer, &time, text, size);
}

void quantiles_format_longest(const struct printer *printer, const struct histogram *histogram,
    uint64_t longest_ns, char *text, size_t size)
{
    bool is_most = histogram && histogram->is_longest_most && longest_ns == histogram->longest_ns;
    const struct histogram_time time = {longest_ns, is_most ? HISTOGRAM_MOST : HISTOGRAM_EXACT};
    format_time(printer, &time, text, size);
}

bool quantiles_are_news(const struct histogram *histogram)
{
    struct histogram_time median;
    return histogram && histogram_calls(histogram) >= QUANTILES_MEDIAN_CALLS &&
           histogram_quantile(histogram, 50, &median) &&
           histogram->longest_ns / NEWS_FACTOR >= median.ns;
}

static void write_one(FILE *out, const struct printer *printer, const struct histogram *histogram,
    unsigned percent, const char *name)
{
    char text[40];
    quantiles_format(printer, histogram, percent, text, sizeof text);
    if (text[0])
        fprintf(out, "%s %s, ", name, text);
}

void quantiles_write(FILE *out, const struct printer *printer, const struct histogram *histogram)
{
    write_one(out, printer, histogram, 50, "median");
    write_one(out, printer, histogram, 99, "p99");
}
