/*
 * test_values.c - calls of the root by the value of an argument in trace files, whole and hostile.
 */
// needs: cli
#include "trace/root/values.h"

#include "../../../trace_builder.h"
#include "suite.h"
#include "trace/file.h"
#include "trace/snapshot.h"

static struct trace_builder builder;
static struct snapshot *snapshot;
static trace_index leaf, thread;

static trace_index find_record(uint32_t kind)
{
    for (trace_index i = TRACE_FIRST_RECORD; i < TRACE_BUILDER_RECORDS; i++)
        if (builder.records[i].kind == kind)
            return i;
    ck_abort_msg("the sample has no record of kind %u", kind);
}

static void begin(void)
{
    snapshot = NULL;
    trace_build_sample(&builder);
    leaf = find_record(TRACE_LEAF);
    thread = builder.records[leaf].node.thread;
}

static void finish(void)
{
    snapshot_destroy(snapshot);
}

static void parse(uint64_t malformed)
{
    const char *why = NULL;
    ck_assert_int_eq(snapshot_parse(&builder, trace_size(&builder), &snapshot, &why), 0);
    ck_assert_uint_eq(snapshot->malformed, malformed);
}

static struct trace_value *add_value(uint64_t what, uint64_t count, uint64_t ended)
{
    return trace_add_value(&builder, thread, what, count, ended);
}

static struct trace_value_leaf *add_leaf(const struct trace_value *value, uint64_t hits)
{
    return trace_add_value_leaf(&builder, value, leaf, hits);
}

START_TEST(values_are_read_as_they_were_written)
{
    struct trace_value *first = add_value(7, 5, 4), *second = add_value(UINT64_MAX, 1, 1);
    first->form = TRACE_VALUE_UNSIGNED;
    first->jumped = 2;
    second->form = TRACE_VALUE_SIGNED;
    second->flags = TRACE_VALUE_INCOMPLETE | TRACE_VALUE_REST;
    add_leaf(second, 1);
    add_leaf(first, 2);
    add_leaf(second, 3);
    parse(0);
    const struct snapshot_value *values = snapshot->values;
    ck_assert_uint_eq(snapshot->value_count, 2);
    ck_assert_uint_eq(values[0].value, 7);
    ck_assert_uint_eq(values[0].form, SNAPSHOT_VALUE_UNSIGNED);
    ck_assert_uint_eq(values[0].count, 5);
    ck_assert_uint_eq(values[0].ended, 4);
    ck_assert_uint_eq(values[0].jumped, 2);
    ck_assert_uint_eq(values[0].total_ns, 400);
    ck_assert_uint_eq(values[0].longest_ns, 70);
    ck_assert(!values[0].is_rest && !values[0].is_incomplete);
    ck_assert_uint_eq(values[0].leaf_count, 1);
    ck_assert_uint_eq(values[0].leaves[0].hits, 2);
    ck_assert_uint_eq(values[0].leaves[0].total_ns, 20);
    ck_assert(values[1].is_rest && values[1].is_incomplete);
    ck_assert_uint_eq(values[1].leaf_count, 2);
    ck_assert_uint_eq(values[1].leaves[0].hits + values[1].leaves[1].hits, 4);
    ck_assert_uint_eq(snapshot->nodes[values[1].leaves[1].node].kind, SNAPSHOT_LEAF);
}
END_TEST

START_TEST(numbers_that_cannot_be_are_limited)
{
    struct trace_value *value = add_value(7, 5, 9);
    value->jumped = 100;
    value->form = 77;
    parse(0);
    ck_assert_uint_eq(snapshot->values[0].ended, 5);
    ck_assert_uint_eq(snapshot->values[0].jumped, 5);
    ck_assert_uint_eq(snapshot->values[0].form, SNAPSHOT_VALUE_UNKNOWN);
}
END_TEST

START_TEST(what_belongs_to_nothing_is_left_out)
{
    struct trace_value *value = add_value(7, 5, 4);
    add_value(8, 1, 1)->thread = leaf;
    add_value(9, 1, 1)->thread = UINT32_MAX;
    add_leaf(value, 1)->node = thread;
    add_leaf(value, 2)->node = UINT32_MAX;
    add_leaf(value, 3)->value = leaf;
    add_leaf(value, 4)->value = UINT32_MAX;
    add_leaf(value, 5)->value = 0;
    add_leaf(value, 6);
    parse(7);
    ck_assert_uint_eq(snapshot->value_count, 1);
    ck_assert_uint_eq(snapshot->values[0].leaf_count, 1);
    ck_assert_uint_eq(snapshot->values[0].leaves[0].hits, 6);
}
END_TEST

START_TEST(a_leaf_of_another_thread_is_left_out)
{
    struct trace_value *value = add_value(7, 5, 4);
    value->thread = trace_add_thread(&builder, 4711, "other");
    add_leaf(value, 1);
    parse(1);
    ck_assert_uint_eq(snapshot->values[0].leaf_count, 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("values");
    TCase *tests = tcase_create("values");
    tcase_add_checked_fixture(tests, begin, finish);
    tcase_add_test(tests, values_are_read_as_they_were_written);
    tcase_add_test(tests, numbers_that_cannot_be_are_limited);
    tcase_add_test(tests, what_belongs_to_nothing_is_left_out);
    tcase_add_test(tests, a_leaf_of_another_thread_is_left_out);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
