/*
 * test_durations.c - which bucket counts a call.
 */
#include <string.h>

#include "record/durations.h"
#include "suite.h"

static union trace_record leaf[TRACE_LEAF_RECORDS];

static void clear(void)
{
    memset(leaf, 0, sizeof leaf);
}

/* The count of the bucket, found as the format says. */
static uint32_t count_of(unsigned bucket)
{
    return leaf[1 + bucket / TRACE_DURATION_PART].durations.counts[bucket % TRACE_DURATION_PART];
}

static uint64_t sum(void)
{
    uint64_t all = 0;
    for (unsigned i = 0; i < TRACE_DURATION_BUCKETS; i++)
        all += count_of(i);
    return all;
}

START_TEST(a_bucket_ends_where_the_next_one_begins)
{
    for (unsigned k = 1; k < TRACE_DURATION_BUCKETS; k++) {
        uint64_t begin = UINT64_C(1) << (TRACE_DURATION_FIRST + k - 1);
        clear();
        durations_add(&leaf->node, begin);
        durations_add_elsewhere(&leaf->node, begin * 2 - 1);
        ck_assert_uint_eq(count_of(k), 2);
        durations_add(&leaf->node, begin - 1);
        ck_assert_uint_eq(count_of(k - 1), 1);
        ck_assert_uint_eq(sum(), 3);
    }
}
END_TEST

START_TEST(the_first_and_the_last_take_what_is_beyond_them)
{
    clear();
    durations_add(&leaf->node, 0);
    durations_add(&leaf->node, UINT64_MAX);
    ck_assert_uint_eq(count_of(0), 1);
    ck_assert_uint_eq(count_of(TRACE_DURATION_BUCKETS - 1), 1);
}
END_TEST

START_TEST(a_full_bucket_does_not_begin_again)
{
    clear();
    leaf[1].durations.counts[0] = UINT32_MAX - 0x10000;
    durations_add(&leaf->node, 1);
    durations_add_elsewhere(&leaf->node, 1);
    ck_assert_uint_eq(count_of(0), UINT32_MAX - 0x10000);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("durations");
    TCase *tests = tcase_create("durations");
    tcase_add_test(tests, a_bucket_ends_where_the_next_one_begins);
    tcase_add_test(tests, the_first_and_the_last_take_what_is_beyond_them);
    tcase_add_test(tests, a_full_bucket_does_not_begin_again);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
