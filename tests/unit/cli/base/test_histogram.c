/*
 * test_histogram.c - how many calls took how long: bounds, sums, and what half of them took.
 */
// needs: cli
#include "base/histogram.h"

#include <stdlib.h>
#include <string.h>

#include "suite.h"

#define MICROSECOND 1000000 /* picoseconds */

static uint64_t counts[HISTOGRAM_BUCKETS];
static struct histogram calls, sum;

static void begin(void)
{
    memset(counts, 0, sizeof counts);
    sum = (struct histogram){0};
    calls = (struct histogram){.counts = counts,
        .bound_ps = MICROSECOND,
        .longest_ns = UINT64_MAX,
        .size = HISTOGRAM_BUCKETS};
}

static void finish(void)
{
    histogram_finish(&sum);
}

static void assert_quantile(unsigned percent, uint64_t ns, enum histogram_precision precision)
{
    struct histogram_time time;
    ck_assert(histogram_quantile(&calls, percent, &time));
    ck_assert_uint_eq(time.ns, ns);
    ck_assert_int_eq(time.precision, precision);
}

START_TEST(bounds_are_powers_of_two)
{
    ck_assert_uint_eq(histogram_least_ns(&calls, 0), 0);
    ck_assert_uint_eq(histogram_most_ns(&calls, 0), 1000);
    ck_assert_uint_eq(histogram_least_ns(&calls, 1), 1000);
    ck_assert_uint_eq(histogram_most_ns(&calls, 1), 2000);
    ck_assert_uint_eq(histogram_least_ns(&calls, 25), 1000ull << 24);
    ck_assert_uint_eq(histogram_most_ns(&calls, 25), UINT64_MAX); /* it has all longer ones */
    calls.first = 4;
    ck_assert_uint_eq(histogram_least_ns(&calls, 0), 8000);
    calls.bound_ps = 85333; /* 256 ticks of 3 GHz */
    ck_assert_uint_eq(histogram_most_ns(&calls, 6), 87380);
}
END_TEST

START_TEST(no_bound_is_above_the_longest_call)
{
    calls.longest_ns = 3100;
    ck_assert_uint_eq(histogram_most_ns(&calls, 2), 3100);
    ck_assert_uint_eq(histogram_least_ns(&calls, 2), 2000);
    ck_assert_uint_eq(histogram_least_ns(&calls, 9), 3100);
    ck_assert_uint_eq(histogram_most_ns(&calls, 25), 3100);
}
END_TEST

START_TEST(bounds_of_the_slowest_clock_do_not_overflow)
{
    calls.bound_ps = HISTOGRAM_BOUND_MAX;
    ck_assert_uint_eq(histogram_most_ns(&calls, 26), (HISTOGRAM_BOUND_MAX << 26) / 1000);
}
END_TEST

/* Ten calls from 4 to 8 us lie at 4.2, 4.6, 5.0, ... us. */
START_TEST(within_a_bucket_calls_lie_at_equal_distances)
{
    counts[3] = 10;
    assert_quantile(50, 5800, HISTOGRAM_ABOUT);
    assert_quantile(1, 4200, HISTOGRAM_ABOUT);
    assert_quantile(90, 7400, HISTOGRAM_ABOUT);
}
END_TEST

START_TEST(the_last_call_is_the_longest)
{
    counts[3] = 10;
    calls.longest_ns = 7777;
    assert_quantile(99, 7777, HISTOGRAM_EXACT);
    counts[3] = 1;
    assert_quantile(50, 7777, HISTOGRAM_EXACT);
}
END_TEST

START_TEST(the_longest_call_may_be_known_as_a_bound_only)
{
    counts[3] = 1;
    calls.longest_ns = 7777;
    calls.is_longest_most = true;
    assert_quantile(50, 7777, HISTOGRAM_MOST);
    struct histogram both = {0}, longer = {.longest_ns = 9000, .counts = counts, .size = 4};
    longer.bound_ps = calls.bound_ps;
    ck_assert_int_eq(histogram_add(&both, &calls), 0);
    ck_assert(both.is_longest_most);
    ck_assert_int_eq(histogram_add(&both, &longer), 0);
    ck_assert(!both.is_longest_most);
    ck_assert_int_eq(histogram_add(&both, &calls), 0);
    ck_assert(!both.is_longest_most);
    histogram_finish(&both);
    calls.is_longest_most = false;
}
END_TEST

START_TEST(of_the_shortest_calls_only_the_bound_is_known)
{
    counts[0] = 60;
    counts[5] = 40;
    assert_quantile(50, 1000, HISTOGRAM_MOST);
    assert_quantile(60, 1000, HISTOGRAM_MOST);
    assert_quantile(61, 16000 + 200, HISTOGRAM_ABOUT);
}
END_TEST

START_TEST(a_quantile_is_the_time_within_which_so_many_returned)
{
    counts[2] = 989;
    counts[20] = 11;
    calls.longest_ns = 700000000;
    assert_quantile(98, 2000 + (uint64_t)(2000 * (979.5 / 989)), HISTOGRAM_ABOUT);
    uint64_t least = 1000ull << 19;
    assert_quantile(99, least + (uint64_t)((700000000 - least) * (0.5 / 11)), HISTOGRAM_ABOUT);
}
END_TEST

START_TEST(many_calls_do_not_overflow)
{
    counts[2] = UINT64_MAX / 2;
    counts[3] = UINT64_MAX / 2;
    assert_quantile(50, 4000, HISTOGRAM_ABOUT);
    counts[4] = 2;
    struct histogram_time time;
    ck_assert(!histogram_quantile(&calls, 50, &time)); /* the sum has no end */
    ck_assert_uint_eq(histogram_calls(&calls), UINT64_MAX);
}
END_TEST

START_TEST(without_all_calls_nothing_is_known)
{
    struct histogram_time time;
    ck_assert(!histogram_quantile(&calls, 50, &time));
    counts[3] = 10;
    calls.is_full = true;
    ck_assert(!histogram_quantile(&calls, 50, &time));
}
END_TEST

/* ---- sums ---- */

static void add(void)
{
    ck_assert_int_eq(histogram_add(&sum, &calls), 0);
}

static uint64_t count_in(unsigned bucket)
{
    bool is_inside = bucket >= sum.first && bucket < sum.first + sum.size;
    return is_inside ? sum.counts[bucket - sum.first] : 0;
}

START_TEST(sums_have_all_calls_and_the_longest)
{
    calls.size = 1;
    calls.first = 5;
    counts[0] = 3;
    calls.longest_ns = 20000;
    add();
    calls.first = 2;
    calls.longest_ns = 3000;
    add();
    calls.first = 9;
    calls.longest_ns = 300000;
    add();
    ck_assert_uint_eq(sum.first, 2);
    ck_assert_uint_eq(sum.size, 8);
    ck_assert(count_in(2) == 3 && count_in(5) == 3 && count_in(9) == 3 && count_in(4) == 0);
    ck_assert_uint_eq(histogram_calls(&sum), 9);
    ck_assert_uint_eq(sum.longest_ns, 300000);
    ck_assert(!sum.is_full && !sum.is_mixed);
    calls.is_full = true;
    counts[0] = UINT64_MAX;
    add();
    ck_assert(sum.is_full);
    ck_assert_uint_eq(count_in(9), UINT64_MAX);
}
END_TEST

START_TEST(nothing_adds_nothing)
{
    calls.size = 0;
    add();
    ck_assert_uint_eq(sum.size, 0);
    ck_assert_uint_eq(histogram_calls(&sum), 0);
    ck_assert_ptr_null(sum.counts);
}
END_TEST

/* The rate of a clock is measured for each process anew. */
START_TEST(one_clock_has_the_same_buckets)
{
    counts[3] = 5;
    add();
    calls.bound_ps = MICROSECOND + MICROSECOND / 200;
    add();
    calls.bound_ps = MICROSECOND - MICROSECOND / 200;
    add();
    ck_assert_uint_eq(count_in(3), 15);
    ck_assert(!sum.is_mixed);
    ck_assert_uint_eq(sum.bound_ps, MICROSECOND + MICROSECOND / 200); /* it holds for all */
}
END_TEST

/* No call is said to have taken less time than it did, and of lower bounds nothing is said. */
START_TEST(clocks_of_different_rates_keep_upper_bounds)
{
    const uint64_t other_ps = (uint64_t[]){MICROSECOND / 3, MICROSECOND * 3, 85333, 2}[_i];
    for (unsigned bucket = 0; bucket < HISTOGRAM_BUCKETS; bucket++) {
        histogram_finish(&sum);
        begin();
        counts[bucket] = 1;
        calls.longest_ns = UINT64_MAX - 1;
        struct histogram other = {.counts = (uint64_t[]){1},
            .bound_ps = other_ps,
            .longest_ns = UINT64_MAX,
            .first = (uint8_t)bucket,
            .size = 1};
        add();
        ck_assert_int_eq(histogram_add(&sum, &other), 0);
        ck_assert(sum.is_mixed);
        ck_assert_uint_eq(sum.bound_ps, MICROSECOND);
        ck_assert_uint_eq(histogram_calls(&sum), 2);
        unsigned at = 0;
        while (count_in(at) == (at == bucket))
            at++;
        at = count_in(bucket) == 2 ? bucket : at;
        uint64_t most = histogram_most_ns(&sum, at - sum.first);
        ck_assert_uint_ge(most, histogram_most_ns(&other, 0));
        if (at > 0 && at < HISTOGRAM_BUCKETS - 1)
            ck_assert_uint_lt(most / 2, histogram_most_ns(&other, 0) + 1);
        ck_assert_uint_eq(histogram_least_ns(&sum, at - sum.first), 0);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("base_histogram");
    TCase *tests = tcase_create("histogram");
    tcase_add_checked_fixture(tests, begin, finish);
    tcase_add_test(tests, bounds_are_powers_of_two);
    tcase_add_test(tests, no_bound_is_above_the_longest_call);
    tcase_add_test(tests, bounds_of_the_slowest_clock_do_not_overflow);
    tcase_add_test(tests, within_a_bucket_calls_lie_at_equal_distances);
    tcase_add_test(tests, the_last_call_is_the_longest);
    tcase_add_test(tests, the_longest_call_may_be_known_as_a_bound_only);
    tcase_add_test(tests, of_the_shortest_calls_only_the_bound_is_known);
    tcase_add_test(tests, a_quantile_is_the_time_within_which_so_many_returned);
    tcase_add_test(tests, many_calls_do_not_overflow);
    tcase_add_test(tests, without_all_calls_nothing_is_known);
    tcase_add_test(tests, sums_have_all_calls_and_the_longest);
    tcase_add_test(tests, nothing_adds_nothing);
    tcase_add_test(tests, one_clock_has_the_same_buckets);
    tcase_add_loop_test(tests, clocks_of_different_rates_keep_upper_bounds, 0, 4);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
