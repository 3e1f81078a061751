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

static trace_index find_waker(void)
{
    for (trace_index i = TRACE_FIRST_RECORD; i < TRACE_BUILDER_RECORDS; i++)
        if (builder.records[i].kind == TRACE_LEAF &&
            builder.records[builder.records[i].node.module].leaf_name.flags & TRACE_NAME_WAKES)
            return i;
    ck_abort_msg("there is no call of a function that is no leaf");
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
    ck_assert_uint_eq(snapshot->objects.count, 4);
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

/* A call that lets others go is in no tree, and has no hits. */
START_TEST(a_function_that_is_no_leaf_has_no_node)
{
    parse();
    size_t nodes = snapshot->node_count, leaves = snapshot->leaf_count;
    snapshot_destroy(snapshot);
    trace_build_objects(&builder, leaf, module);
    trace_index waker = find_waker();
    builder.records[builder.records[waker].node.module].leaf_name.untimed = 5;
    builder.records[waker].node.hits = 9;
    parse();
    const struct objects *objects = &snapshot->objects;
    ck_assert_uint_eq(snapshot->malformed, 0);
    ck_assert_uint_eq(snapshot->node_count, nodes);
    ck_assert_uint_eq(snapshot->leaf_count, leaves);
    ck_assert_uint_eq(snapshot->untimed_count, 0);
    ck_assert_uint_eq(objects->waker_count, 1);
    ck_assert_str_eq(objects->wakers[0].name, "pthread_mutex_unlock");
    ck_assert_uint_eq(objects->wakers[0].caller, snapshot->nodes[leaf_node].caller);
    ck_assert_uint_eq(calls_of_leaf(3)[2].longest_ended_by, 0);
}
END_TEST

START_TEST(a_leaf_can_let_a_call_go_too)
{
    struct trace_object *object = trace_add_object(&builder, TRACE_OBJECT_PIPE, NULL);
    trace_add_object_calls(&builder, leaf, object, 1, 30)->longest_ended_by = leaf;
    parse();
    ck_assert_uint_eq(calls_of_leaf(1)->ended_by, OBJECTS_NONE);
    ck_assert_str_eq(snapshot->objects.wakers[calls_of_leaf(1)->longest_ended_by].name, "read");
}
END_TEST

/* A node of the main thread behind those of the other one is put before them. */
START_TEST(objects_follow_nodes_that_are_put_together)
{
    trace_index thread = builder.records[leaf].node.thread;
    trace_index name = builder.records[leaf].node.module, other = leaf + 1;
    while (builder.records[other].kind != TRACE_LEAF)
        other++;
    struct trace_node *frame = trace_add_node(&builder, TRACE_FRAME, 0, module, thread);
    frame->address = 0x7000;
    struct trace_node *late = trace_add_node(
        &builder, TRACE_LEAF, trace_index_of(&builder, frame), name, thread);
    late->hits = late->returns = 1;
    late->ticks = 40;
    trace_index index = trace_index_of(&builder, late);
    struct trace_object *object = trace_add_object(&builder, TRACE_OBJECT_MUTEX, NULL);
    trace_add_object_calls(&builder, index, object, 1, 40);
    trace_add_object_calls(&builder, other, object, 1, 20)->ended_by = trace_add_waker(
        &builder, index, "sem_post");
    parse();
    const struct objects *objects = &snapshot->objects;
    ck_assert_uint_eq(snapshot->malformed, 0);
    ck_assert_uint_eq(objects->call_count, 2);
    ck_assert_uint_eq(objects->calls[0].total_ns, 40);
    const struct snapshot_node *first = &snapshot->nodes[objects->calls[0].node];
    ck_assert_uint_eq(snapshot_leaf_of(snapshot, first)->total_ns, 40);
    ck_assert_uint_eq(snapshot->nodes[objects->wakers[0].caller].address, 0x7000);
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

static const struct snapshot_object *only_set(void)
{
    const struct snapshot_object *found = NULL;
    snapshot_destroy(snapshot);
    parse();
    for (size_t i = 0; i < snapshot->objects.count; i++) {
        if (snapshot->objects.list[i].type != TRACE_OBJECT_SET)
            continue;
        ck_assert_ptr_null(found);
        found = &snapshot->objects.list[i];
    }
    ck_assert_ptr_nonnull(found);
    ck_assert_uint_eq(snapshot->malformed, 0);
    return found;
}

START_TEST(the_members_of_a_set_may_stand_behind_it)
{
    parse();
    struct trace_object *set = trace_add_object(&builder, TRACE_OBJECT_SET, NULL);
    struct trace_object *file = trace_add_object(&builder, TRACE_OBJECT_FILE, "/a");
    trace_index itself = trace_index_of_object(&builder, set);
    trace_set_members(set, 5, trace_index_of_object(&builder, file), itself);
    const struct snapshot_object *read = only_set();
    ck_assert_uint_eq(read->set.count, 5);
    ck_assert_str_eq(snapshot->objects.list[read->set.members[0]].text, "/a");
    ck_assert_uint_eq(read->set.members[1], OBJECTS_NONE);
    ck_assert_uint_eq(read->set.members[2], OBJECTS_NONE);
    trace_set_members(set, 5, leaf, UINT32_MAX);
    read = only_set();
    ck_assert_uint_eq(read->set.members[0], OBJECTS_NONE);
    ck_assert_uint_eq(read->set.members[1], OBJECTS_NONE);
    set->set.count++; /* it is being changed */
    ck_assert_uint_eq(only_set()->set.count, 0);
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
    tcase_add_test(reading, a_function_that_is_no_leaf_has_no_node);
    tcase_add_test(reading, a_leaf_can_let_a_call_go_too);
    tcase_add_test(reading, objects_follow_nodes_that_are_put_together);
    tcase_add_test(reading, objects_never_have_more_than_their_leaf);
    tcase_add_test(reading, a_call_that_has_returned_for_the_leaf_is_not_open_for_the_object);
    tcase_add_test(reading, an_object_of_no_known_kind_is_malformed_and_so_are_its_calls);
    tcase_add_test(reading, an_object_that_points_astray_is_malformed);
    tcase_add_test(reading, calls_that_point_astray_are_malformed);
    tcase_add_test(reading, the_members_of_a_set_may_stand_behind_it);
    tcase_add_test(reading, locks_are_what_lies_at_an_address);
    suite_add_tcase(suite, reading);
    return suite_run(suite);
}
