/*
 * test_objects.c - objects in trace files, whole and hostile.
 */
// needs: cli
#include "trace/objects.h"

#include <string.h>

#include "../../../trace_builder.h"
#include "suite.h"
#include "trace/file.h"
#include "trace/snapshot.h"

static struct trace_builder builder;
static struct snapshot *snapshot;
static trace_index leaf, module;
static uint32_t leaf_node;

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
    module = find_record(TRACE_MODULE);
}

static void finish(void)
{
    snapshot_destroy(snapshot);
}

static void parse(void)
{
    const char *why = NULL;
    ck_assert_int_eq(snapshot_parse(&builder, trace_size(&builder), &snapshot, &why), 0);
    for (leaf_node = 0; snapshot->nodes[leaf_node].kind != SNAPSHOT_LEAF; leaf_node++)
        continue;
}

static const struct snapshot_object_calls *calls_of_leaf(size_t expected)
{
    size_t count;
    const struct snapshot_object_calls *calls = objects_of(&snapshot->objects, leaf_node, &count);
    ck_assert_uint_eq(count, expected);
    return calls;
}

START_TEST(objects_are_read_as_they_were_written)
{
    trace_build_objects(&builder, leaf, module);
    parse();
    ck_assert_uint_eq(snapshot->malformed, 0);
    const struct snapshot_object *list = snapshot->objects.list;
    const struct snapshot_object_calls *calls = calls_of_leaf(3);
    ck_assert_uint_eq(snapshot->objects.count, 3);
    ck_assert_uint_eq(list[0].type, TRACE_OBJECT_FILE);
    ck_assert_str_eq(list[0].text, "/var/log/x");
    ck_assert_uint_eq(list[0].file.inode, 7);
    ck_assert_uint_eq(list[1].addresses[1].port, 5432);
    ck_assert_uint_eq(list[1].addresses[1].bytes[3], 1);
    ck_assert_ptr_null(list[1].text);
    ck_assert_uint_eq(list[2].id, 0x7f0000004040);
    ck_assert_uint_eq(list[2].module, 0);
    ck_assert_uint_eq(list[2].address, 0x4040);
    ck_assert_uint_eq(calls[0].object, 0);
    ck_assert_uint_eq(calls[0].hits, 1);
    ck_assert_uint_eq(calls[0].total_ns, 300);
    ck_assert_uint_eq(calls[0].longest_ns, 300);
    ck_assert_uint_eq(calls[0].ended_by, OBJECTS_NONE);
    ck_assert_uint_eq(calls[2].hits - calls[2].returns, 1);
    ck_assert_int_eq(calls[2].holder, 101);
    ck_assert_uint_eq(calls[2].ended_by, 0);
}
END_TEST

START_TEST(objects_of_a_leaf_are_found_whatever_their_order)
{
    struct trace_object *object = trace_add_object(&builder, TRACE_OBJECT_FILE, "/a");
    trace_index other = leaf + 1;
    while (builder.records[other].kind != TRACE_LEAF)
        other++;
    trace_add_object_calls(&builder, other, object, 1, 20);
    trace_add_object_calls(&builder, leaf, object, 1, 30);
    trace_add_object_calls(&builder, other, object, 0, 0);
    parse();
    ck_assert_uint_eq(calls_of_leaf(1)->total_ns, 30);
    size_t count;
    objects_of(&snapshot->objects, snapshot->objects.calls[2].node, &count);
    ck_assert_uint_eq(count, 2);
    ck_assert_ptr_null(objects_of(&snapshot->objects, OBJECTS_NONE, &count));
}
END_TEST

/* The sample's leaf has 3 hits, 2 returns, 1000 ns, of which one call took 700. */
START_TEST(objects_never_have_more_than_their_leaf)
{
    struct trace_object *object = trace_add_object(&builder, TRACE_OBJECT_FILE, "/a");
    struct trace_object_calls *record = trace_add_object_calls(&builder, leaf, object, 2, 900);
    record->longest = 5000;
    object = trace_add_object(&builder, TRACE_OBJECT_FILE, "/b");
    record = trace_add_object_calls(&builder, leaf, object, 9, 900);
    record->returns = 4;
    parse();
    const struct snapshot_object_calls *calls = calls_of_leaf(2);
    ck_assert_uint_eq(calls[0].hits, 2);
    ck_assert_uint_eq(calls[0].longest_ns, 700);
    ck_assert_uint_eq(calls[1].hits, 1);
    ck_assert_uint_eq(calls[1].returns, 0);
    ck_assert_uint_eq(calls[1].total_ns, 100);
    ck_assert_uint_eq(calls[1].longest_ns, 100);
}
END_TEST

START_TEST(a_call_that_has_returned_for_the_leaf_is_not_open_for_the_object)
{
    struct trace_object *object = trace_add_object(&builder, TRACE_OBJECT_FILE, "/a");
    builder.records[leaf].node.returns = 3;
    trace_add_object_calls(&builder, leaf, object, 3, 900)->returns = 2;
    parse();
    ck_assert_uint_eq(calls_of_leaf(1)->returns, 3);
}
END_TEST

static void assert_malformed(uint64_t count)
{
    snapshot_destroy(snapshot);
    parse();
    ck_assert_uint_eq(snapshot->malformed, count);
}

START_TEST(an_object_of_no_known_kind_is_malformed_and_so_are_its_calls)
{
    struct trace_object *object = trace_add_object(&builder, TRACE_OBJECT_FILE, "/a");
    trace_add_object_calls(&builder, leaf, object, 1, 1);
    assert_malformed(0);
    object->type = TRACE_OBJECT_NOTHING;
    assert_malformed(2);
    object->type = TRACE_OBJECT_TYPES;
    assert_malformed(2);
    ck_assert_uint_eq(snapshot->objects.count, 0);
}
END_TEST

START_TEST(an_object_that_points_astray_is_malformed)
{
    struct trace_object *object = trace_add_object(&builder, TRACE_OBJECT_MUTEX, NULL);
    object->lock.module = leaf;
    assert_malformed(1);
    object->lock.module = UINT32_MAX;
    assert_malformed(1);
    object->lock.module = module;
    object->text = (struct trace_string){leaf, 3};
    assert_malformed(1);
    object->text = (struct trace_string){0, 0};
    object->type = TRACE_OBJECT_INET;
    object->inet.local.family = 77;
    assert_malformed(1);
}
END_TEST

START_TEST(calls_that_point_astray_are_malformed)
{
    struct trace_object *object = trace_add_object(&builder, TRACE_OBJECT_FILE, "/a");
    struct trace_object_calls *calls = trace_add_object_calls(&builder, leaf, object, 1, 1);
    trace_index index = calls->object;
    calls->node = leaf - 1;
    assert_malformed(1);
    calls->node = leaf;
    calls->object = leaf;
    assert_malformed(1);
    calls->object = UINT32_MAX;
    assert_malformed(1);
    calls->object = index;
    calls->ended_by = index;
    assert_malformed(0);
    ck_assert_uint_eq(calls_of_leaf(1)->ended_by, OBJECTS_NONE);
}
END_TEST

START_TEST(locks_are_what_lies_at_an_address)
{
    ck_assert(!objects_is_lock(TRACE_OBJECT_SOCKET));
    ck_assert(objects_is_lock(TRACE_OBJECT_MUTEX));
    ck_assert(objects_is_lock(TRACE_OBJECT_FUTEX));
    ck_assert(!objects_is_lock(TRACE_OBJECT_PROCESS));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("objects");
    TCase *reading = tcase_create("records");
    tcase_add_checked_fixture(reading, begin, finish);
    tcase_add_test(reading, objects_are_read_as_they_were_written);
    tcase_add_test(reading, objects_of_a_leaf_are_found_whatever_their_order);
    tcase_add_test(reading, objects_never_have_more_than_their_leaf);
    tcase_add_test(reading, a_call_that_has_returned_for_the_leaf_is_not_open_for_the_object);
    tcase_add_test(reading, an_object_of_no_known_kind_is_malformed_and_so_are_its_calls);
    tcase_add_test(reading, an_object_that_points_astray_is_malformed);
    tcase_add_test(reading, calls_that_point_astray_are_malformed);
    tcase_add_test(reading, locks_are_what_lies_at_an_address);
    suite_add_tcase(suite, reading);
    return suite_run(suite);
}
