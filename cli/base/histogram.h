/*
 * histogram.h - how many calls took how long, by powers of two.
 *
 * Bucket 0 counts the calls that took less than `bound_ps`, and bucket k those that took at least
 * 2^(k-1) times and less than 2^k times that. The last bucket has all longer calls, too.
 */
#ifndef BASE_HISTOGRAM_H
#define BASE_HISTOGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HISTOGRAM_BUCKETS   26
#define HISTOGRAM_FULL      (UINT32_MAX - 0x10000) /* fewer calls fill no bucket */
#define HISTOGRAM_BOUND_MAX (UINT64_C(1) << 32)    /* of bound_ps */

/* A zeroed object has no calls. */
struct histogram {
    uint64_t *counts;     /* of the buckets from `first` on */
    uint64_t bound_ps;    /* picoseconds: few ticks of a clock are no whole number of nanoseconds */
    uint64_t longest_ns;  /* of all calls; it is exact */
    uint8_t first, size;  /* which buckets have counts[]; a size of 0: there are no calls */
    bool is_own;          /* counts[] is malloc'ed for it */
    bool is_full;         /* a bucket has more calls than it could count */
    bool is_mixed;        /* the calls were timed by clocks of different rates */
    bool is_longest_most; /* the longest call is not known, but that it took no longer */
};

/* Adds the calls of `from`. Returns 0, or -ENOMEM; then nothing has changed. `to` must be zeroed
 * first, and then belongs to this function, until histogram_finish.
 *
 * If the bounds differ by more than a 64th, each bucket of `from` goes to the one that has its
 * upper bound. So upper bounds stay true, and nothing is said of lower ones. */
int histogram_add(struct histogram *to, const struct histogram *from);

/* Frees counts[] if they are its own. */
void histogram_finish(struct histogram *histogram);

uint64_t histogram_calls(const struct histogram *histogram);

/* Return between which times the calls of counts[index] lie: each took at least the first (0: that
 * is not known) and at most the second, in nanoseconds. */
uint64_t histogram_least_ns(const struct histogram *histogram, size_t index);
uint64_t histogram_most_ns(const struct histogram *histogram, size_t index);

enum histogram_precision {
    HISTOGRAM_EXACT, /* it is the longest call */
    HISTOGRAM_ABOUT, /* true within the bounds of its bucket, so within a factor of two */
    HISTOGRAM_MOST,  /* the call took at most this */
};

struct histogram_time {
    uint64_t ns;
    enum histogram_precision precision;
};

/* Finds the time within which `percent` (1 to 99) of the calls returned. Between the bounds of a
 * bucket, calls are taken to lie at equal distances. Returns false if it is not known: there are no
 * calls, or some were not counted. */
bool histogram_quantile(
    const struct histogram *histogram, unsigned percent, struct histogram_time *time);

#endif
