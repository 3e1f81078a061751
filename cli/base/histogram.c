/*
 * histogram.c - how many calls took how long, by powers of two.
 */
#include "base/histogram.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/sum.h"

#define LAST (HISTOGRAM_BUCKETS - 1)

/* ---- bounds ---- */

static uint64_t upper_bound_ps(const struct histogram *histogram, unsigned bucket)
{
    return histogram->bound_ps << bucket;
}

static uint64_t smaller(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

uint64_t histogram_least_ns(const struct histogram *histogram, size_t index)
{
    unsigned bucket = histogram->first + (unsigned)index;
    if (bucket == 0 || histogram->is_mixed)
        return 0;
    return smaller(upper_bound_ps(histogram, bucket - 1) / 1000, histogram->longest_ns);
}

uint64_t histogram_most_ns(const struct histogram *histogram, size_t index)
{
    unsigned bucket = histogram->first + (unsigned)index;
    uint64_t ns = upper_bound_ps(histogram, bucket) / 1000;
    return bucket == LAST ? histogram->longest_ns : smaller(ns, histogram->longest_ns);
}

/* ---- sums ---- */

/* Returns whether both were timed by one clock, as far as its rate could be measured. */
static bool has_same_bounds(uint64_t a_ps, uint64_t b_ps)
{
    uint64_t difference = a_ps > b_ps ? a_ps - b_ps : b_ps - a_ps;
    return difference <= a_ps / 64;
}

/* Returns the bucket of `to` that gets what is in this bucket of `from`. */
static unsigned bucket_for(
    const struct histogram *to, const struct histogram *from, unsigned bucket)
{
    if (bucket == LAST || has_same_bounds(to->bound_ps, from->bound_ps))
        return bucket;
    unsigned found = 0;
    while (found < LAST && upper_bound_ps(to, found) < upper_bound_ps(from, bucket))
        found++;
    return found;
}

/* Makes room for the buckets from `first` to `last`. */
static int widen(struct histogram *histogram, unsigned first, unsigned last)
{
    unsigned old_end = histogram->first + histogram->size;
    if (histogram->size > 0) {
        first = first < histogram->first ? first : histogram->first;
        last = last + 1 > old_end ? last : old_end - 1;
    }
    if (histogram->size == last - first + 1)
        return 0;
    uint64_t *counts = calloc(last - first + 1, sizeof *counts);
    if (counts == NULL)
        return -ENOMEM;
    if (histogram->size > 0)
        memcpy(counts + (histogram->first - first), histogram->counts,
            histogram->size * sizeof *counts);
    free(histogram->counts);
    histogram->counts = counts;
    histogram->first = (uint8_t)first;
    histogram->size = (uint8_t)(last - first + 1);
    histogram->is_own = true;
    return 0;
}

static void note_bounds(struct histogram *to, const struct histogram *from)
{
    bool is_same = has_same_bounds(to->bound_ps, from->bound_ps);
    to->is_mixed |= from->is_mixed || !is_same;
    if (is_same && from->bound_ps > to->bound_ps)
        to->bound_ps = from->bound_ps; /* it is true of the calls of both */
}

int histogram_add(struct histogram *to, const struct histogram *from)
{
    if (from->size == 0)
        return 0;
    struct histogram sum = *to;
    sum.bound_ps = sum.size ? sum.bound_ps : from->bound_ps;
    unsigned last = from->first + from->size - 1u;
    int error = widen(&sum, bucket_for(&sum, from, from->first), bucket_for(&sum, from, last));
    if (error)
        return error;
    for (unsigned i = 0; i < from->size; i++) {
        uint64_t *count = &sum.counts[bucket_for(&sum, from, from->first + i) - sum.first];
        *count = add_clamped(*count, from->counts[i]);
    }
    note_bounds(&sum, from);
    sum.is_full |= from->is_full;
    if (from->longest_ns > sum.longest_ns) {
        sum.longest_ns = from->longest_ns;
        sum.is_longest_most = from->is_longest_most;
    }
    *to = sum;
    return 0;
}

void histogram_finish(struct histogram *histogram)
{
    if (histogram->is_own)
        free(histogram->counts);
    *histogram = (struct histogram){0};
}

/* ---- what it says ---- */

uint64_t histogram_calls(const struct histogram *histogram)
{
    uint64_t calls = 0;
    for (unsigned i = 0; i < histogram->size; i++)
        calls = add_clamped(calls, histogram->counts[i]);
    return calls;
}

/* Returns the time of the call `rank` of counts[index], from 1 on. */
static struct histogram_time time_in_bucket(
    const struct histogram *histogram, size_t index, uint64_t rank)
{
    uint64_t least = histogram_least_ns(histogram, index);
    uint64_t most = histogram_most_ns(histogram, index);
    double part = ((double)rank - 0.5) / (double)histogram->counts[index];
    if (least == 0)
        return (struct histogram_time){most, HISTOGRAM_MOST};
    return (struct histogram_time){
        least + (uint64_t)((double)(most - least) * part), HISTOGRAM_ABOUT};
}

bool histogram_quantile(
    const struct histogram *histogram, unsigned percent, struct histogram_time *time)
{
    uint64_t calls = histogram_calls(histogram), before = 0;
    if (calls == 0 || calls == UINT64_MAX || histogram->is_full)
        return false;
    uint64_t rank = calls / 100 * percent + (calls % 100 * percent + 99) / 100;
    if (rank >= calls) {
        *time = (struct histogram_time){
            histogram->longest_ns, histogram->is_longest_most ? HISTOGRAM_MOST : HISTOGRAM_EXACT};
        return true;
    }
    size_t index = 0;
    while (before + histogram->counts[index] < rank)
        before += histogram->counts[index++];
    *time = time_in_bucket(histogram, index, rank - before);
    return true;
}
