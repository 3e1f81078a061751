/*
 * test_durations.c - histograms of a trace's leaves, whole and hostile.
 */
// needs: cli
#include "trace/durations.h"
#include "trace/file.h"
#include "trace/snapshot.h"

#include <stdlib.h>
#include <time.h>

#include "../../../trace_builder.h"
#include "suite.h"

static struct trace_builder builder;
static struct snapshot *snapshot;
static trace_index thread, name;

static void begin(void)
{
    trace_begin(&builder);
    thread = trace_add_thread(&builder, 100, "prog");
    name = trace_add_leaf_name(&builder, "read");
    snapshot = NULL;
}

static void finish(void)
{
    snapshot_destroy(snapshot);
}

static struct trace_node *add_leaf_with(const uint32_t *counts)
{
    struct trace_node *leaf = trace_add_node(&builder, TRACE_LEAF, 0, name, thread);
    leaf->hits = leaf->returns = 1000;
    leaf->longest = 12345;
    if (counts)
        trace_add_durations(&builder, leaf, counts);
    return leaf;
}

#define COUNTS(...)                                                                                \
    (const uint32_t[TRACE_DURATION_BUCKETS])                                                       \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }

static void parse(void)
{
    const char *why;
    snapshot_destroy(snapshot);
    ck_assert_int_eq(snapshot_parse(&builder, trace_size(&builder), &snapshot, &why), 0);
}

static const struct histogram *durations_of(size_t leaf)
{
    ck_assert_uint_lt(leaf, snapshot->leaf_count);
    return &snapshot->leaves[leaf].durations;
}

/* Returns how many leaves have a histogram. */
static size_t count_durations(void)
{
    size_t count = 0;
    for (size_t i = 0; i < snapshot->leaf_count; i++)
        count += durations_of(i)->size > 0;
    return count;
}

START_TEST(each_leaf_has_its_own)
{
    add_leaf_with(COUNTS([0] = 7, [2] = 1));
    add_leaf_with(NULL);
    add_leaf_with(COUNTS([13] = 3, [14] = 4, [25] = 5));
    add_leaf_with(COUNTS(0));
    parse();
    ck_assert_uint_eq(count_durations(), 2);
    const struct histogram *first = durations_of(0);
    ck_assert_uint_eq(first->first, 0);
    ck_assert_uint_eq(first->size, 3);
    ck_assert(first->counts[0] == 7 && first->counts[1] == 0 && first->counts[2] == 1);
    ck_assert_uint_eq(first->longest_ns, 12345);
    ck_assert(!first->is_full && !first->is_own && !first->is_mixed);
    const struct histogram *third = durations_of(2);
    ck_assert_uint_eq(third->first, 13);
    ck_assert_uint_eq(third->size, 13);
    ck_assert(third->counts[0] == 3 && third->counts[1] == 4 && third->counts[12] == 5);
    ck_assert_uint_eq(durations_of(1)->size, 0);
    ck_assert_uint_eq(durations_of(3)->size, 0);
    ck_assert_uint_eq(snapshot->malformed, 0);
}
END_TEST

START_TEST(a_bucket_at_its_end_is_full)
{
    add_leaf_with(COUNTS([4] = TRACE_DURATION_MAX - 1));
    add_leaf_with(COUNTS([4] = TRACE_DURATION_MAX));
    parse();
    ck_assert(!durations_of(0)->is_full);
    ck_assert(durations_of(1)->is_full);
}
END_TEST

START_TEST(bounds_are_those_of_the_clock)
{
    add_leaf_with(COUNTS([1] = 1));
    parse();
    ck_assert_uint_eq(durations_of(0)->bound_ps, 512000);
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    trace_header_of(&builder)->clock = TRACE_CLOCK_COUNTER;
    trace_header_of(&builder)->start_ns = (uint64_t)now.tv_sec * 1000000000 - 1000000000;
    trace_header_of(&builder)->start_ticks = __builtin_ia32_rdtsc() - 3000000000;
    parse();
    /* 3,000,000,000 ticks in one to two seconds. */
    ck_assert_uint_ge(durations_of(0)->bound_ps, 170000);
    ck_assert_uint_le(durations_of(0)->bound_ps, 342000);
}
END_TEST

START_TEST(without_times_there_are_none)
{
    add_leaf_with(COUNTS([1] = 1));
    trace_header_of(&builder)->clock = TRACE_CLOCK_NONE;
    parse();
    ck_assert_uint_eq(count_durations(), 0);
    ck_assert_uint_eq(durations_of(0)->size, 0);
    ck_assert_uint_eq(snapshot->malformed, 0);
}
END_TEST

static struct trace_durations *durations_behind(struct trace_node *leaf, unsigned part)
{
    return &builder.records[trace_index_of(&builder, leaf) + 1 + part].durations;
}

START_TEST(records_that_belong_to_no_leaf_are_malformed)
{
    struct trace_node *leaf = add_leaf_with(COUNTS([1] = 1, [20] = 2));
    trace_index values[] = {0, trace_index_of(&builder, leaf) - 1,
        trace_index_of(&builder, leaf) + 1, thread, UINT32_MAX};
    for (unsigned part = 0; part < 2; part++) {
        struct trace_durations *durations = durations_behind(leaf, part);
        trace_index node = durations->node;
        for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
            durations->node = values[i];
            parse();
            ck_assert_uint_eq(snapshot->malformed, 1);
            ck_assert_uint_eq(count_durations(), 0);
        }
        durations->node = node;
    }
    parse();
    ck_assert_uint_eq(count_durations(), 1);
}
END_TEST

/* They are published before their leaf. */
START_TEST(records_of_a_leaf_that_is_not_there_yet_are_passed_over)
{
    add_leaf_with(COUNTS([1] = 1))->kind = TRACE_FREE;
    parse();
    ck_assert_uint_eq(snapshot->malformed, 0);
    ck_assert_uint_eq(count_durations(), 0);
}
END_TEST

START_TEST(a_malformed_leaf_has_none)
{
    add_leaf_with(COUNTS([1] = 1))->thread = name;
    add_leaf_with(COUNTS([2] = 1));
    parse();
    ck_assert_uint_eq(snapshot->malformed, 1);
    ck_assert_uint_eq(count_durations(), 1);
    ck_assert_uint_eq(durations_of(0)->first, 2);
}
END_TEST

START_TEST(a_trace_that_ends_behind_a_leaf_has_none_of_it)
{
    struct trace_node *leaf = add_leaf_with(COUNTS([1] = 1));
    for (uint32_t more = 1; more < TRACE_LEAF_RECORDS; more++) {
        trace_header_of(&builder)->used = trace_index_of(&builder, leaf) + more;
        parse();
        ck_assert_uint_eq(snapshot->node_count, 1);
        ck_assert_uint_eq(count_durations(), 0);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("trace_durations");
    TCase *tests = tcase_create("durations");
    tcase_add_checked_fixture(tests, begin, finish);
    tcase_add_test(tests, each_leaf_has_its_own);
    tcase_add_test(tests, a_bucket_at_its_end_is_full);
    tcase_add_test(tests, bounds_are_those_of_the_clock);
    tcase_add_test(tests, without_times_there_are_none);
    tcase_add_test(tests, records_that_belong_to_no_leaf_are_malformed);
    tcase_add_test(tests, records_of_a_leaf_that_is_not_there_yet_are_passed_over);
    tcase_add_test(tests, a_malformed_leaf_has_none);
    tcase_add_test(tests, a_trace_that_ends_behind_a_leaf_has_none_of_it);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
