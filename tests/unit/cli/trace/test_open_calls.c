/*
 * test_open_calls.c - calls that have not returned, in trace files that are whole or hostile.
 */
// needs: cli
#include "trace/open/keep.h"

#include <string.h>

#include "../../../trace_builder.h"
#include "suite.h"
#include "trace/file.h"
#include "trace/snapshot.h"

static struct trace_builder builder;
static struct snapshot *snapshot;
static trace_index leaf, other_leaf, module;

static trace_index find_record(uint32_t kind, int number)
{
    for (trace_index i = TRACE_FIRST_RECORD; i < TRACE_BUILDER_RECORDS; i++)
        if (builder.records[i].kind == kind && number-- == 0)
            return i;
    ck_abort_msg("the sample has no such record of kind %u", kind);
}

static void begin(void)
{
    snapshot = NULL;
    trace_build_sample(&builder);
    leaf = find_record(TRACE_LEAF, 0);
    other_leaf = find_record(TRACE_LEAF, 1);
    module = find_record(TRACE_MODULE, 0);
}

static void finish(void)
{
    snapshot_destroy(snapshot);
}

/* Reads all of the trace, or only what open calls refer to. */
static void parse(bool only_open)
{
    const char *why = NULL;
    snapshot_destroy(snapshot);
    snapshot = NULL;
    int error = only_open ? snapshot_parse_open(&builder, trace_size(&builder), &snapshot, &why)
                          : snapshot_parse(&builder, trace_size(&builder), &snapshot, &why);
    ck_assert_msg(error == 0, "%s", why);
}

static const struct snapshot_leaf *leaf_of(const struct snapshot_open_call *call)
{
    return snapshot_leaf_of(snapshot, &snapshot->nodes[call->node]);
}

START_TEST(a_trace_without_open_calls_has_none)
{
    parse(_i);
    ck_assert_uint_eq(snapshot->open_call_count, 0);
    ck_assert_uint_eq(snapshot->malformed, 0);
}
END_TEST

START_TEST(open_calls_are_read_with_their_leaf_and_object)
{
    struct trace_object *object = trace_add_object(&builder, TRACE_OBJECT_FILE, "/var/log/x");
    struct trace_object_calls *calls = trace_add_object_calls(&builder, leaf, object, 1, 0);
    calls->returns = 0;
    trace_index block = trace_add_open_block(&builder, 4);
    trace_open_call(&builder, block + 2, leaf, calls, 5000);
    parse(_i);
    ck_assert_uint_eq(snapshot->malformed, 0);
    ck_assert_uint_eq(snapshot->open_call_count, 1);
    const struct snapshot_open_call *call = &snapshot->open_calls[0];
    ck_assert_str_eq(leaf_of(call)->name, "read");
    ck_assert_uint_eq(call->since_ns, 5000);
    ck_assert_uint_eq(call->key, 0x7ffc0000 + block + 2);
    ck_assert_str_eq(snapshot->objects.list[call->object].text, "/var/log/x");
}
END_TEST

START_TEST(only_what_open_calls_refer_to_is_read)
{
    trace_open_call(&builder, trace_add_open_block(&builder, 1), leaf, NULL, 5000);
    parse(true);
    ck_assert_uint_eq(snapshot->node_count, 3); /* not the path of the other thread */
    ck_assert_uint_eq(snapshot->thread_count, 1);
    ck_assert_str_eq(snapshot->command, "prog --fast");
    ck_assert_ptr_nonnull(strstr(snapshot->program, "/prog"));
    ck_assert_uint_eq(snapshot->nodes[0].address, 0x1000);
    ck_assert_uint_eq(snapshot->nodes[2].kind, SNAPSHOT_LEAF);
    parse(false);
    ck_assert_uint_eq(snapshot->node_count, 5);
}
END_TEST

START_TEST(all_blocks_are_read)
{
    builder.records[leaf].node.hits = 50;
    for (int i = 0; i < 3; i++) {
        trace_index block = trace_add_open_block(&builder, 10);
        trace_open_call(&builder, block, leaf, NULL, 100 + (uint64_t)i);
        trace_open_call(&builder, block + 9, leaf, NULL, 200 + (uint64_t)i);
    }
    parse(_i);
    ck_assert_uint_eq(snapshot->open_call_count, 6);
    ck_assert_uint_eq(snapshot->open_calls[0].since_ns, 202); /* the latest one first */
    ck_assert_uint_eq(snapshot->open_calls[5].since_ns, 100);
}
END_TEST

START_TEST(calls_that_are_about_to_begin_are_none)
{
    trace_index block = trace_add_open_block(&builder, 2);
    trace_open_call(&builder, block, leaf, NULL, 0);
    trace_open_call(&builder, block + 1, 0, NULL, 5000);
    parse(_i);
    ck_assert_uint_eq(snapshot->open_call_count, 0);
    ck_assert_uint_eq(snapshot->malformed, 0);
}
END_TEST

START_TEST(a_leaf_has_no_more_open_calls_than_hits_without_a_return)
{
    trace_index block = trace_add_open_block(&builder, 3);
    for (uint32_t i = 0; i < 3; i++)
        trace_open_call(&builder, block + i, leaf, NULL, 1000 + i);
    parse(false);
    ck_assert_uint_eq(snapshot->open_call_count, 1);
    ck_assert_uint_eq(snapshot->open_calls[0].since_ns, 1002);
    parse(true); /* the counters are read later than the calls */
    ck_assert_uint_eq(snapshot->open_call_count, 3);
}
END_TEST

/* ---- fibers ---- */

/* Lets all leaves of this name switch stacks. */
static void leaf_switches(trace_index node)
{
    builder.records[builder.records[node].node.leaf_name].leaf_name.flags = TRACE_NAME_SWITCHES;
}

static struct trace_open_call *add_call(trace_index record, trace_index node, uint64_t base)
{
    struct trace_open_call *call = trace_open_call(&builder, record, node, NULL, record);
    call->base = base;
    call->tid = 100;
    builder.records[node].node.hits = 50;
    return call;
}

/* Reads all, and returns whose the call is that began at `since`. */
static enum open_owner owner_of_call(uint64_t since)
{
    parse(true);
    for (size_t i = 0; i < snapshot->open_call_count; i++)
        if (snapshot->open_calls[i].since_ns == since)
            return snapshot->open_calls[i].owner;
    ck_abort_msg("no such call");
}

START_TEST(a_stack_that_has_switched_is_a_fiber)
{
    trace_index block = trace_add_open_block(&builder, 4);
    leaf_switches(leaf);
    add_call(block, leaf, 0x8000);
    add_call(block + 1, leaf, 0); /* its stack is not known */
    add_call(block + 2, other_leaf, 0x9000);
    ck_assert_int_eq(owner_of_call(block), OPEN_FIBER);
    ck_assert_int_eq(owner_of_call(block + 1), OPEN_FIBER);
    ck_assert_int_eq(owner_of_call(block + 2), OPEN_THREAD);
}
END_TEST

START_TEST(the_own_stack_of_a_thread_is_no_fiber)
{
    trace_index block = trace_add_open_block(&builder, 2);
    leaf_switches(leaf);
    add_call(block, other_leaf, 0x8000);
    add_call(block + 1, leaf, 0x8000)->is_own_stack = 1;
    ck_assert_int_eq(owner_of_call(block), OPEN_THREAD);
    ck_assert_int_eq(owner_of_call(block + 1), OPEN_NOBODY);
}
END_TEST

START_TEST(of_the_switches_of_a_stack_the_latest_counts)
{
    trace_index block = trace_add_open_block(&builder, 3);
    leaf_switches(leaf);
    for (uint32_t i = 0; i < 3; i++)
        add_call(block + i, leaf, 0x8000);
    ck_assert_int_eq(owner_of_call(block), OPEN_NOBODY);
    ck_assert_int_eq(owner_of_call(block + 1), OPEN_NOBODY);
    ck_assert_int_eq(owner_of_call(block + 2), OPEN_FIBER);
}
END_TEST

START_TEST(all_calls_of_a_suspended_stack_are_the_fibers)
{
    trace_index block = trace_add_open_block(&builder, 2);
    leaf_switches(leaf);
    add_call(block, other_leaf, 0x8000);
    add_call(block + 1, leaf, 0x8000);
    ck_assert_int_eq(owner_of_call(block), OPEN_FIBER);
}
END_TEST

START_TEST(what_runs_on_top_of_a_suspended_stack_is_the_threads)
{
    trace_index block = trace_add_open_block(&builder, 2);
    leaf_switches(leaf);
    add_call(block, leaf, 0x8000);
    add_call(block + 1, other_leaf, 0x8000);
    ck_assert_int_eq(owner_of_call(block), OPEN_NOBODY);
    ck_assert_int_eq(owner_of_call(block + 1), OPEN_THREAD);
}
END_TEST

static const struct snapshot_thread *thread_of_call(size_t i)
{
    return &snapshot->threads[snapshot->nodes[snapshot->open_calls[i].node].thread];
}

/* The sample's first leaf is called from two frames. */
static void check_path(size_t call, uint32_t thread)
{
    uint32_t at = snapshot->open_calls[call].node;
    size_t depth = 0;
    for (; at != SNAPSHOT_NONE; at = snapshot->nodes[at].caller, depth++) {
        ck_assert_uint_eq(snapshot->nodes[at].thread, thread);
        ck_assert(snapshot->nodes[at].caller == SNAPSHOT_NONE || snapshot->nodes[at].caller < at);
    }
    ck_assert_uint_eq(depth, 3);
}

START_TEST(calls_belong_to_the_threads_that_made_them)
{
    trace_index block = trace_add_open_block(&builder, 4);
    struct trace_object *object = trace_add_object(&builder, TRACE_OBJECT_MUTEX, NULL);
    struct trace_object_calls *calls = trace_add_object_calls(&builder, leaf, object, 50, 900);
    calls->holder = 101;
    calls->returns = 0;
    builder.records[leaf].node.hits = 50;
    for (uint32_t i = 0; i < 3; i++)
        trace_open_call(&builder, block + i, leaf, calls, 1000 + i)->tid = i < 2 ? 777 : 100;
    parse(_i);
    ck_assert_int_eq(snapshot_keep_open(snapshot, 2000), 0);
    ck_assert_uint_eq(snapshot->open_call_count, 3);
    ck_assert_int_eq(thread_of_call(0)->tid, 100);
    for (size_t i = 1; i < 3; i++) {
        size_t count;
        ck_assert_int_eq(thread_of_call(i)->tid, 777);
        ck_assert_str_eq(thread_of_call(i)->name, "prog");
        check_path(i, (uint32_t)snapshot->thread_count - 1);
        ck_assert_uint_eq(leaf_of(&snapshot->open_calls[i])->hits, 2);
        ck_assert_int_eq(
            objects_of(&snapshot->objects, snapshot->open_calls[i].node, &count)->holder, 101);
        ck_assert_uint_eq(count, 1);
    }
}
END_TEST

START_TEST(fibers_of_all_threads_are_together)
{
    trace_index block = trace_add_open_block(&builder, 4);
    leaf_switches(leaf);
    leaf_switches(other_leaf);
    for (uint32_t i = 0; i < 3; i++)
        add_call(block + i, i < 2 ? leaf : other_leaf, 0x8000 + i);
    add_call(block + 3, leaf, 0x8000); /* the fiber of the first call has ended */
    parse(_i);
    ck_assert_int_eq(snapshot_keep_open(snapshot, 2000), 0);
    ck_assert_uint_eq(snapshot->open_call_count, 3);
    for (size_t i = 0; i < 3; i++)
        ck_assert_int_eq(thread_of_call(i)->tid, 0);
    ck_assert_uint_eq(leaf_of(&snapshot->open_calls[0])->hits, 2);
}
END_TEST

START_TEST(a_thread_that_has_begun_to_run_fibers_is_in_no_call)
{
    trace_index block = trace_add_open_block(&builder, 1);
    leaf_switches(leaf);
    builder.records[leaf].node.entered = 5000;
    add_call(block, leaf, 0x8000)->is_own_stack = 1;
    parse(_i);
    ck_assert_int_eq(snapshot_keep_open(snapshot, 9000), 0);
    ck_assert_uint_eq(snapshot->open_call_count, 0);
}
END_TEST

/* ---- hostile ---- */

static void expect_malformed(bool only_open, size_t calls)
{
    parse(only_open);
    ck_assert_uint_eq(snapshot->open_call_count, calls);
    ck_assert_uint_ge(snapshot->malformed, 1);
}

START_TEST(a_circle_of_blocks_is_read_once)
{
    builder.records[leaf].node.hits = 50;
    trace_index first = trace_add_open_block(&builder, 2);
    trace_index second = trace_add_open_block(&builder, 2);
    builder.records[first].open_call.next = second;
    trace_open_call(&builder, first, leaf, NULL, 1);
    trace_open_call(&builder, second, leaf, NULL, 2);
    expect_malformed(_i, 2);
    builder.records[first].open_call.next = first;
    expect_malformed(_i, 2);
    builder.records[first].open_call.next = second + 1;
    expect_malformed(_i, 2);
}
END_TEST

START_TEST(huge_counts_are_refused)
{
    trace_index block = trace_add_open_block(&builder, 1);
    trace_open_call(&builder, block, leaf, NULL, 1);
    builder.records[block].open_call.count = UINT32_MAX;
    expect_malformed(_i, 0);
    builder.records[block].open_call.count = 2; /* one more than the file has */
    expect_malformed(_i, 0);
    builder.records[block].open_call.count = 0;
    expect_malformed(_i, 0);
}
END_TEST

START_TEST(blocks_outside_of_the_file_are_refused)
{
    static const trace_index places[] = {1, TRACE_FIRST_RECORD - 1, 1u << 20, UINT32_MAX};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        trace_header_of(&builder)->open_calls = places[i];
        expect_malformed(_i, 0);
    }
    trace_header_of(&builder)->open_calls = leaf; /* a record of another kind */
    expect_malformed(_i, 0);
}
END_TEST

START_TEST(calls_of_what_is_no_leaf_are_refused)
{
    const trace_index nodes[] = {1, module, UINT32_MAX, leaf - 1, TRACE_BUILDER_RECORDS};
    trace_index block = trace_add_open_block(&builder, 1);
    for (size_t i = 0; i < sizeof nodes / sizeof *nodes; i++) {
        trace_open_call(&builder, block, nodes[i], NULL, 5000);
        expect_malformed(_i, 0);
    }
}
END_TEST

START_TEST(calls_for_what_is_no_object_are_refused)
{
    trace_index block = trace_add_open_block(&builder, 1);
    trace_open_call(&builder, block, leaf, NULL, 5000)->object = (uint64_t)leaf << 32 | leaf;
    expect_malformed(_i, 0);
    builder.records[block].open_call.object = UINT64_MAX;
    expect_malformed(_i, 0);
}
END_TEST

START_TEST(paths_that_are_circles_are_left_out)
{
    trace_open_call(&builder, trace_add_open_block(&builder, 1), leaf, NULL, 5000);
    trace_index caller = builder.records[leaf].node.caller;
    builder.records[caller].node.caller = caller;
    expect_malformed(_i, 0);
}
END_TEST

/* ---- tasks ---- */

START_TEST(tasks_are_read_with_their_places)
{
    trace_index table = trace_claim(&builder, 5);
    struct trace_task *task = &builder.records[table + 2].task;
    builder.records[table].task_table.count = 4;
    builder.records[table].kind = TRACE_TASK_TABLE;
    *task = (struct trace_task){.kind = TRACE_TASK,
        .turn = 2,
        .key = 0x1000,
        .since = 7000,
        .thread = builder.records[leaf].node.thread,
        .wakers = 1,
        .fresh = 1,
        .state = TRACE_TASK_COUNTS,
        .nodes = {leaf}};
    trace_header_of(&builder)->tasks = table;
    builder.records[builder.records[leaf].node.leaf_name].leaf_name.flags = TRACE_NAME_WAKES;
    parse(_i);
    ck_assert_uint_eq(snapshot->malformed, 0);
    ck_assert_uint_eq(snapshot->task_count, 1);
    ck_assert_int_eq(snapshot->tasks[0].state, TASK_WAITING);
    ck_assert_uint_eq(snapshot->tasks[0].place_count, 1);
    ck_assert_int_eq(snapshot->threads[snapshot->tasks[0].thread].tid, 100);
    const struct snapshot_node *place = &snapshot->nodes[snapshot->tasks[0].places[0]];
    ck_assert_uint_ne(place->kind, SNAPSHOT_LEAF);
    ck_assert_uint_eq(place->caller, 0);
}
END_TEST

/* ---- what is kept ---- */

START_TEST(only_open_calls_are_hits_afterwards)
{
    struct trace_object *object = trace_add_object(&builder, TRACE_OBJECT_MUTEX, NULL);
    struct trace_object_calls *calls = trace_add_object_calls(&builder, leaf, object, 3, 900);
    calls->returns = 1;
    calls->holder = 101;
    builder.records[leaf].node.hits = 9;
    builder.records[other_leaf].node.hits = 9;
    builder.records[other_leaf].node.returns = 9;
    trace_index block = trace_add_open_block(&builder, 4);
    trace_open_call(&builder, block, leaf, calls, 3000);
    trace_open_call(&builder, block + 1, leaf, calls, 1000);
    trace_open_call(&builder, block + 2, leaf, NULL, 2000);
    parse(_i);
    ck_assert_int_eq(snapshot_keep_open(snapshot, 11000), 0);
    const struct snapshot_leaf *open = leaf_of(&snapshot->open_calls[0]);
    ck_assert_uint_eq(open->hits, 3);
    ck_assert_uint_eq(open->returns, 0);
    ck_assert_uint_eq(open->total_ns, 0);
    ck_assert_uint_eq(open->entered_ns, 3000);
    ck_assert_uint_eq(open->ages.longest_ns, 10000);
    ck_assert_uint_eq(open->ages.shortest_ns, 8000);
    ck_assert_uint_eq(open->durations.size, 0);
    for (size_t i = 0; i < snapshot->leaf_count; i++)
        ck_assert(&snapshot->leaves[i] == open || snapshot->leaves[i].hits == 0);
    size_t count;
    const struct snapshot_object_calls *kept = objects_of(
        &snapshot->objects, snapshot->open_calls[0].node, &count);
    ck_assert_uint_eq(count, 1);
    ck_assert_uint_eq(kept->hits, 2);
    ck_assert_uint_eq(kept->returns, 0);
    ck_assert_int_eq(kept->holder, 101);
    ck_assert_uint_eq(kept->ages.longest_ns, 10000);
    ck_assert_uint_eq(kept->ages.shortest_ns, 8000);
}
END_TEST

START_TEST(without_a_record_the_latest_hit_tells_what_is_open)
{
    builder.records[other_leaf].node.entered = 7000;
    builder.records[leaf].node.entered = 5000; /* its third hit has not returned */
    parse(false);
    ck_assert_int_eq(snapshot_keep_open(snapshot, 9000), 0);
    ck_assert_uint_eq(snapshot->open_call_count, 1);
    ck_assert_str_eq(leaf_of(&snapshot->open_calls[0])->name, "read");
    ck_assert_uint_eq(leaf_of(&snapshot->open_calls[0])->ages.longest_ns, 4000);
    /* A thread that does something later has left it by a jump. */
    builder.records[other_leaf].node.thread = builder.records[leaf].node.thread;
    builder.records[other_leaf].node.caller = 0;
    parse(false);
    ck_assert_int_eq(snapshot_keep_open(snapshot, 9000), 0);
    ck_assert_uint_eq(snapshot->open_call_count, 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("open_calls");
    TCase *calls = tcase_create("records");
    tcase_add_checked_fixture(calls, begin, finish);
    tcase_add_loop_test(calls, a_trace_without_open_calls_has_none, 0, 2);
    tcase_add_loop_test(calls, open_calls_are_read_with_their_leaf_and_object, 0, 2);
    tcase_add_test(calls, only_what_open_calls_refer_to_is_read);
    tcase_add_loop_test(calls, all_blocks_are_read, 0, 2);
    tcase_add_loop_test(calls, calls_that_are_about_to_begin_are_none, 0, 2);
    tcase_add_loop_test(calls, a_leaf_has_no_more_open_calls_than_hits_without_a_return, 0, 2);
    tcase_add_loop_test(calls, a_circle_of_blocks_is_read_once, 0, 2);
    tcase_add_loop_test(calls, huge_counts_are_refused, 0, 2);
    tcase_add_loop_test(calls, blocks_outside_of_the_file_are_refused, 0, 2);
    tcase_add_loop_test(calls, calls_of_what_is_no_leaf_are_refused, 0, 2);
    tcase_add_loop_test(calls, calls_for_what_is_no_object_are_refused, 0, 2);
    tcase_add_loop_test(calls, paths_that_are_circles_are_left_out, 0, 2);
    tcase_add_loop_test(calls, only_open_calls_are_hits_afterwards, 0, 2);
    tcase_add_loop_test(calls, without_a_record_the_latest_hit_tells_what_is_open, 0, 2);
    tcase_add_test(calls, a_stack_that_has_switched_is_a_fiber);
    tcase_add_test(calls, the_own_stack_of_a_thread_is_no_fiber);
    tcase_add_test(calls, of_the_switches_of_a_stack_the_latest_counts);
    tcase_add_test(calls, all_calls_of_a_suspended_stack_are_the_fibers);
    tcase_add_test(calls, what_runs_on_top_of_a_suspended_stack_is_the_threads);
    tcase_add_loop_test(calls, calls_belong_to_the_threads_that_made_them, 0, 2);
    tcase_add_loop_test(calls, fibers_of_all_threads_are_together, 0, 2);
    tcase_add_loop_test(calls, a_thread_that_has_begun_to_run_fibers_is_in_no_call, 0, 2);
    tcase_add_loop_test(calls, tasks_are_read_with_their_places, 0, 2);
    suite_add_tcase(suite, calls);
    return suite_run(suite);
}
