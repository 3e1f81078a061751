/*
 * test_calls.c - calls of the root, equal ones put together.
 *
 * Snapshots are built by hand. An address is a function, called by its number: 1 is main, 2 work.
 */
// needs: cli
#include "tree/calls/calls.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "suite.h"
#include "symbols/symbols.h"
#include "trace/snapshot.h"
#include "trace_format.h"
#include "tree/build.h"
#include "tree/calls/values.h"

/* ---- symbols ---- */

const struct symbol_chain *symbols_resolve(struct symbols *symbols, const char *path,
    const struct file_identity *identity, uint64_t address, bool is_return_address)
{
    static const char *const names[] = {"?", "main", "work", "load", "save"};
    static struct symbol_frame frames[5];
    static struct symbol_chain chains[5];
    (void)symbols, (void)path, (void)identity, (void)is_return_address;
    ck_assert_uint_lt(address, 5);
    frames[address] = (struct symbol_frame){names[address], names[address], NULL, 0, 0, false};
    chains[address] = (struct symbol_chain){&frames[address], 1};
    return &chains[address];
}

static uint64_t call_of_save; /* a return address; 0: none */

bool symbols_called(struct symbols *symbols, const char *path, const struct file_identity *identity,
    uint64_t return_address, struct symbol_target *called)
{
    (void)symbols, (void)path, (void)identity;
    *called = (struct symbol_target){.function = "save", .linkage_name = "save"};
    return call_of_save && return_address == call_of_save;
}

bool symbols_has_name(struct symbols *symbols, const char *path,
    const struct file_identity *identity, uint64_t return_address, const char *linkage_name)
{
    (void)symbols, (void)path, (void)identity;
    (void)return_address, (void)linkage_name;
    return false;
}

bool symbols_is_other(struct symbols *symbols, const char *path,
    const struct file_identity *identity, uint64_t address, bool is_return_address,
    const char *linkage_name)
{
    (void)symbols, (void)path, (void)identity, (void)address, (void)is_return_address;
    (void)linkage_name;
    return false;
}

bool symbols_is_call_of_main(struct symbols *symbols, const char *path,
    const struct file_identity *identity, uint64_t return_address)
{
    (void)symbols, (void)path, (void)identity, (void)return_address;
    return false;
}

bool symbols_is_entry(struct symbols *symbols, const char *path,
    const struct file_identity *identity, uint64_t return_address)
{
    (void)symbols, (void)path, (void)identity, (void)return_address;
    return false;
}

const char *symbols_name_main(
    struct symbols *symbols, const char *path, const struct file_identity *identity)
{
    (void)symbols, (void)path, (void)identity;
    return NULL;
}

enum { MAIN = 1, WORK, LOAD, SAVE };

/* ---- snapshots ---- */

static struct snapshot_module modules[] = {{.path = "/bin/prog"}};
static struct snapshot_thread threads[3];
static struct snapshot_node nodes[64];
static struct snapshot_leaf leaves[64];
static struct snapshot_call calls[16];
static struct snapshot_call_leaf call_leaves[64];
static size_t call_leaf_count;
static struct snapshot snapshot;
static struct tree_calls *scoped;
static bool is_innermost;

static void begin(void)
{
    scoped = NULL;
    call_of_save = 0;
    is_innermost = false;
    call_leaf_count = 0;
    threads[0] = (struct snapshot_thread){.tid = 100, .name = "prog"};
    threads[1] = (struct snapshot_thread){.tid = 101, .name = "worker"};
    threads[2] = (struct snapshot_thread){.tid = 102, .name = "other"};
    snapshot = (struct snapshot){.pid = 100,
        .parent_pid = 1,
        .has_times = true,
        .program = "/bin/prog",
        .command = "prog",
        .modules = modules,
        .module_count = 1,
        .threads = threads,
        .thread_count = 3,
        .nodes = nodes,
        .leaves = leaves,
        .calls = calls,
        .call_leaves = call_leaves};
}

static void finish(void)
{
    tree_calls_destroy(scoped);
}

static uint32_t add(struct snapshot_node node)
{
    ck_assert_uint_lt(snapshot.node_count, 64);
    nodes[snapshot.node_count] = node;
    return (uint32_t)snapshot.node_count++;
}

/* The outermost frame of a thread. */
static uint32_t outermost(uint32_t thread, uint64_t function)
{
    return add((struct snapshot_node){.kind = SNAPSHOT_FRAME,
        .caller = SNAPSHOT_NONE,
        .thread = thread,
        .address = function,
        .flags = TRACE_END_OF_STACK});
}

static uint32_t frame(uint32_t caller, uint64_t function)
{
    return add((struct snapshot_node){.kind = SNAPSHOT_FRAME,
        .caller = caller,
        .thread = nodes[caller].thread,
        .address = function});
}

/* With more hits than all its calls have. */
static uint32_t leaf(uint32_t caller, const char *name)
{
    leaves[snapshot.leaf_count] = (struct snapshot_leaf){
        .name = name, .hits = 1000, .returns = 1000, .total_ns = 1000000};
    return add((struct snapshot_node){.kind = SNAPSHOT_LEAF,
        .caller = caller,
        .thread = nodes[caller].thread,
        .module = SNAPSHOT_NONE,
        .leaf = (uint32_t)snapshot.leaf_count++});
}

static struct snapshot_leaf *counted(uint32_t node)
{
    return &leaves[nodes[node].leaf];
}

/* So many calls, which took so long in all. */
static struct snapshot_call *call(uint32_t thread, uint64_t count, uint64_t total_ns)
{
    struct snapshot_call *added = &calls[snapshot.call_count++];
    *added = (struct snapshot_call){.thread = thread,
        .leaves = &call_leaves[call_leaf_count],
        .count = count,
        .total_ns = total_ns,
        .longest_ns = total_ns};
    return added;
}

/* The call that was added last hits the node; `total_ns` in all such calls. */
static void hits(uint32_t node, uint64_t count, uint64_t total_ns)
{
    call_leaves[call_leaf_count++] = (struct snapshot_call_leaf){node, count, total_ns};
    calls[snapshot.call_count - 1].leaf_count++;
}

static bool is_implied(const void *argument, const char *name)
{
    (void)argument;
    return strcmp(name, "nanosleep") == 0;
}

static void scope(const char *root)
{
    const struct tree_options options = {
        .root = root, .is_implied = is_implied, .is_innermost = is_innermost};
    struct tree_process *process = tree_create(&snapshot, NULL, &options);
    ck_assert_ptr_nonnull(process);
    scoped = tree_calls_create(&snapshot, process, NULL, &options);
    ck_assert_ptr_nonnull(scoped);
    tree_destroy(process);
}

/* "main{work{read x2 50}}" */
static void write_node(FILE *out, const struct tree_node *node)
{
    if (node->is_leaf)
        fprintf(out, "%s x%lu %lu", node->function, node->leaf->hits, node->leaf->total_ns);
    else
        fputs(node->function, out);
    for (const struct tree_node *child = node->first_child; child; child = child->next_sibling) {
        fputs(child == node->first_child ? "{" : ",", out);
        write_node(out, child);
    }
    fputs(node->first_child ? "}" : "", out);
}

static void assert_tree(size_t index, const char *expected)
{
    char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    ck_assert_uint_lt(index, scoped->count);
    const struct tree_process *tree = scoped->list[index].tree;
    for (size_t i = 0; i < tree->thread_count; i++)
        for (struct tree_node *node = tree->threads[i].top->first_child; node;
             node = node->next_sibling)
            write_node(out, node);
    fclose(out);
    ck_assert_str_eq(text, expected);
    free(text);
}

/* The leaf of a tree that is one path. */
static const struct tree_node *only_leaf(const struct tree_call *of)
{
    const struct tree_node *node = NULL;
    for (size_t i = 0; i < of->tree->thread_count && node == NULL; i++)
        node = of->tree->threads[i].top->first_child;
    while (node && !node->is_leaf)
        node = node->first_child;
    ck_assert_ptr_nonnull(node);
    return node;
}

START_TEST(a_call_has_what_it_hit_and_nothing_else)
{
    uint32_t work = frame(outermost(0, MAIN), WORK);
    uint32_t read = leaf(frame(work, LOAD), "read"), write = leaf(frame(work, SAVE), "write");
    struct snapshot_call *one = call(0, 1, 700);
    hits(read, 2, 50);
    one->entered_ns = 17;
    call(0, 1, 900);
    hits(write, 1, 60);
    /* How long each call of a leaf took is known of all calls of the root together only. */
    leaves[nodes[read].leaf].durations.size = 1;
    scope("work");
    ck_assert_ptr_null(only_leaf(&scoped->list[0])->leaf->durations);
    ck_assert_uint_eq(scoped->count, 2);
    assert_tree(0, "work{load{read x2 50}}");
    assert_tree(1, "work{save{write x1 60}}");
    ck_assert_uint_eq(scoped->call_count, 2);
    ck_assert_uint_eq(scoped->total_ns, 1600);
    ck_assert_uint_eq(scoped->list[0].count, 1);
    ck_assert_uint_eq(scoped->list[0].total_ns, 700);
    ck_assert_uint_eq(scoped->list[0].longest_ns, 700);
    ck_assert_uint_eq(scoped->list[0].entered_ns, 17);
    ck_assert_uint_eq(scoped->list[0].thread_count, 1);
    ck_assert_int_eq(scoped->list[0].tid, 100);
    ck_assert_str_eq(scoped->list[0].thread_name, "prog");
    ck_assert(scoped->list[0].is_main);
    ck_assert(!scoped->list[0].is_open && !scoped->list[0].is_incomplete);
}
END_TEST

/* The call instruction names the root; or it calls by a pointer, but at the same place as above
 * another hit of the same call; or nothing is known but that the root has been called. */
START_TEST(what_the_root_has_jumped_to_is_in_its_call)
{
    uint32_t top = outermost(0, MAIN);
    uint32_t read = leaf(frame(top, WORK), "read"), write = leaf(frame(top, LOAD), "write");
    call(0, 1, 500);
    hits(read, 2, 50);
    hits(write, 1, 60);
    scope("work");
    assert_tree(0, "work{read x2 50}work{load{write x1 60}}");
    ck_assert_uint_eq(scoped->list[0].tree->outside_hits, 0);
    tree_calls_destroy(scoped);
    call_of_save = MAIN;
    scope("save");
    assert_tree(0, "save{work{read x2 50},load{write x1 60}}");
    tree_calls_destroy(scoped);
    scope("load");
    call_of_save = 0;
    assert_tree(0, "load{work{read x2 50}}load{write x1 60}");
}
END_TEST

START_TEST(times_in_the_tree_are_the_mean)
{
    uint32_t read = leaf(frame(outermost(0, MAIN), WORK), "read");
    call(0, 4, 1000);
    hits(read, 3, 600);
    scope("work");
    assert_tree(0, "work{read x3 150}");
    ck_assert_uint_eq(scoped->list[0].count, 4);
    ck_assert_uint_eq(scoped->list[0].total_ns, 1000);
}
END_TEST

START_TEST(siblings_keep_the_order_of_their_first_execution)
{
    uint32_t work = frame(outermost(0, MAIN), WORK);
    uint32_t read = leaf(frame(work, LOAD), "read"), write = leaf(frame(work, SAVE), "write");
    call(0, 1, 10);
    hits(write, 1, 2);
    hits(read, 1, 1);
    scope("work");
    assert_tree(0, "work{load{read x1 1},save{write x1 2}}");
}
END_TEST

START_TEST(equal_trees_of_two_threads_are_one)
{
    uint32_t here = leaf(frame(outermost(0, MAIN), WORK), "read");
    uint32_t there = leaf(frame(outermost(1, MAIN), WORK), "read");
    call(1, 1, 300)->longest_ns = 300;
    hits(there, 2, 90);
    calls[0].jumped = 1;
    call(0, 3, 900)->longest_ns = 500;
    hits(here, 2, 30);
    scope("work");
    ck_assert_uint_eq(scoped->count, 1);
    assert_tree(0, "work{read x2 30}"); /* (90 * 1 + 10 * 3) / 4 */
    ck_assert_uint_eq(scoped->list[0].count, 4);
    ck_assert_uint_eq(scoped->list[0].total_ns, 1200);
    ck_assert_uint_eq(scoped->list[0].longest_ns, 500);
    ck_assert_uint_eq(scoped->list[0].jumped, 1);
    ck_assert_uint_eq(scoped->list[0].thread_count, 2);
    ck_assert_int_eq(scoped->list[0].tid, 101);
    ck_assert_uint_eq(scoped->call_count, 4);
    ck_assert_uint_eq(scoped->total_ns, 1200);
}
END_TEST

/* Each thread has come to them in an order of its own. */
START_TEST(the_order_of_the_nodes_makes_no_difference)
{
    static char other_read[] = "read"; /* and has written the name down itself */
    uint32_t work = frame(outermost(0, MAIN), WORK);
    uint32_t read = leaf(frame(work, LOAD), "read"), write = leaf(frame(work, SAVE), "write");
    uint32_t other = frame(outermost(1, MAIN), WORK);
    uint32_t write_there = leaf(frame(other, SAVE), "write");
    uint32_t read_there = leaf(frame(other, LOAD), other_read);
    call(0, 1, 10);
    hits(read, 1, 100);
    hits(write, 2, 1000);
    call(1, 1, 10);
    hits(read_there, 1, 300);
    hits(write_there, 2, 3000);
    scope("work");
    ck_assert_uint_eq(scoped->count, 1);
    ck_assert_uint_eq(scoped->list[0].count, 2);
    ck_assert_uint_eq(scoped->list[0].tree->hits, 3);
    ck_assert_uint_eq(scoped->list[0].tree->threads[0].total_ns, 2200);
}
END_TEST

START_TEST(trees_that_differ_stay_apart)
{
    uint32_t work = frame(outermost(0, MAIN), WORK), other = frame(outermost(1, MAIN), WORK);
    uint32_t read = leaf(work, "read"), there = leaf(other, "read");
    uint32_t write_there = leaf(other, "write"), deeper = leaf(frame(other, LOAD), "read");
    call(0, 1, 10);
    hits(read, 2, 1);
    call(1, 1, 10);
    hits(there, 3, 1); /* another number */
    call(1, 1, 10);
    hits(write_there, 2, 1); /* another leaf */
    call(1, 1, 10);
    hits(deeper, 2, 1); /* another path */
    call(1, 1, 10);
    hits(there, 2, 1); /* one more */
    hits(write_there, 2, 1);
    scope("work");
    ck_assert_uint_eq(scoped->count, 5);
    for (size_t i = 0; i < 5; i++)
        ck_assert_uint_eq(scoped->list[i].thread_count, 1);
}
END_TEST

START_TEST(what_is_incomplete_is_equal_to_nothing)
{
    uint32_t here = leaf(frame(outermost(0, MAIN), WORK), "read");
    uint32_t there = leaf(frame(outermost(1, MAIN), WORK), "read");
    call(0, 1, 10)->is_incomplete = true;
    hits(here, 2, 1);
    call(1, 1, 10);
    hits(there, 2, 1);
    scope("work");
    ck_assert_uint_eq(scoped->count, 2);
    ck_assert(scoped->list[0].is_incomplete);
    ck_assert(!scoped->list[1].is_incomplete);
}
END_TEST

START_TEST(open_calls_come_last_and_are_not_merged)
{
    uint32_t here = leaf(frame(outermost(0, MAIN), WORK), "read");
    uint32_t there = leaf(frame(outermost(1, MAIN), WORK), "read");
    call(1, 1, 0)->is_open = true;
    hits(there, 2, 5);
    call(0, 1, 0)->is_open = true;
    hits(here, 2, 7);
    call(0, 3, 90);
    hits(here, 2, 9);
    counted(there)->returns = 999; /* it waits there */
    counted(there)->entered_ns = 4711;
    scope("work");
    ck_assert_uint_eq(scoped->count, 3);
    ck_assert(!scoped->list[0].is_open);
    ck_assert_uint_eq(scoped->list[0].count, 3);
    ck_assert(scoped->list[1].is_open);
    ck_assert_int_eq(scoped->list[1].tid, 101);
    const struct tree_node *waits = only_leaf(&scoped->list[1]);
    ck_assert_uint_eq(waits->leaf->hits, 2);
    ck_assert_uint_eq(waits->leaf->returns, 1);
    ck_assert_uint_eq(waits->leaf->entered_ns, 4711);
    ck_assert(scoped->list[2].is_open);
    waits = only_leaf(&scoped->list[2]);
    ck_assert_uint_eq(waits->leaf->returns, 2);
    ck_assert_uint_eq(scoped->call_count, 5);
    ck_assert_uint_eq(scoped->total_ns, 90);
}
END_TEST

/* The nodes of a call's tree have other numbers than those of the process. */
START_TEST(an_open_call_is_in_no_tree_of_another_call)
{
    uint32_t work = frame(outermost(0, MAIN), WORK);
    uint32_t waits = leaf(work, "read"), other = leaf(work, "write");
    struct snapshot_open_call open = {.node = waits, .object = OBJECTS_NONE, .since_ns = 1000};
    snapshot.open_calls = &open;
    snapshot.open_call_count = 1;
    snapshot.taken_ns = 5000;
    counted(waits)->returns = 999;
    counted(waits)->entered_ns = 1000;
    call(0, 1, 50);
    hits(other, 1, 40);
    call(0, 1, 0)->is_open = true;
    hits(waits, 1, 0);
    scope("work");
    ck_assert_uint_eq(scoped->list[0].tree->waiting_ns, 40);
    ck_assert_uint_eq(scoped->list[1].tree->waiting_ns, 4000);
}
END_TEST

START_TEST(the_rest_is_counted)
{
    uint32_t read = leaf(frame(outermost(0, MAIN), WORK), "read");
    call(0, 1, 10);
    hits(read, 2, 1);
    call(0, 5, 500)->is_rest = true;
    calls[1].longest_ns = 200;
    call(1, 2, 50)->is_rest = true;
    calls[2].longest_ns = 30;
    scope("work");
    ck_assert_uint_eq(scoped->count, 1);
    ck_assert_uint_eq(scoped->call_count, 8);
    ck_assert_uint_eq(scoped->total_ns, 560);
    ck_assert_uint_eq(scoped->rest_count, 7);
    ck_assert_uint_eq(scoped->rest_ns, 550);
    ck_assert_uint_eq(scoped->rest_longest_ns, 200);
    ck_assert_uint_eq(scoped->outside_hits, 0);
}
END_TEST

START_TEST(hits_outside_of_the_calls_are_counted)
{
    uint32_t root = outermost(0, MAIN), read = leaf(frame(root, WORK), "read");
    uint32_t write = leaf(root, "write");
    counted(read)->hits = counted(read)->returns = 10;
    counted(write)->hits = counted(write)->returns = 3;
    call(0, 4, 10);
    hits(read, 2, 1);
    scope("work");
    ck_assert_uint_eq(scoped->outside_hits, 5);
}
END_TEST

/* As in a tree, where it is not shown. */
START_TEST(how_a_leaf_works_is_not_counted_outside)
{
    uint32_t root = outermost(0, MAIN), sleep = leaf(root, "usleep");
    uint32_t body = frame(root, SAVE), inner = leaf(body, "nanosleep");
    nodes[body].within = "usleep";
    counted(sleep)->hits = counted(inner)->hits = 5;
    call(0, 2, 10);
    hits(sleep, 2, 1);
    hits(inner, 2, 1);
    scope("main");
    ck_assert_uint_eq(scoped->outside_hits, 1);
    assert_tree(0, "main{usleep x2 0}");
}
END_TEST

START_TEST(more_hits_in_calls_than_in_all_are_none_outside)
{
    uint32_t read = leaf(frame(outermost(0, MAIN), WORK), "read");
    call(0, UINT64_MAX, UINT64_MAX);
    hits(read, UINT64_MAX, UINT64_MAX);
    call(1, UINT64_MAX, UINT64_MAX)->jumped = UINT64_MAX;
    scope("work");
    ck_assert_uint_eq(scoped->outside_hits, 0);
    ck_assert_uint_eq(scoped->call_count, UINT64_MAX);
    ck_assert_uint_eq(scoped->total_ns, UINT64_MAX);
}
END_TEST

START_TEST(calls_without_hits_have_an_empty_tree)
{
    leaf(frame(outermost(0, MAIN), WORK), "read");
    call(0, 3, 60);
    call(1, 1, 20);
    scope("work");
    ck_assert_uint_eq(scoped->count, 1);
    ck_assert_uint_eq(scoped->list[0].count, 4);
    ck_assert_uint_eq(scoped->list[0].thread_count, 2);
    ck_assert_uint_eq(scoped->list[0].tree->hits, 0);
    assert_tree(0, "");
    ck_assert_uint_eq(scoped->outside_hits, 1000);
}
END_TEST

START_TEST(losses_are_those_of_the_process_not_of_a_call)
{
    uint32_t read = leaf(frame(outermost(0, MAIN), WORK), "read");
    snapshot.losses[TRACE_LOSS_FULL] = 3;
    snapshot.malformed = 2;
    call(0, 1, 10);
    hits(read, 1, 1);
    scope("work");
    ck_assert_uint_eq(scoped->list[0].tree->losses[TRACE_LOSS_FULL], 0);
    ck_assert_uint_eq(scoped->list[0].tree->malformed, 0);
}
END_TEST

/* ---- innermost calls ---- */

/* work, called by itself: the path of an inner call begins at the inner frame. */
START_TEST(the_tree_of_an_innermost_call_begins_at_the_inner_root)
{
    uint32_t outer = frame(outermost(0, MAIN), WORK);
    uint32_t own = leaf(outer, "write"), inner = leaf(frame(frame(outer, LOAD), WORK), "read");
    call(0, 1, 100);
    hits(own, 1, 10);
    call(0, 1, 50);
    hits(inner, 2, 20);
    is_innermost = true;
    scope("work");
    ck_assert_uint_eq(scoped->count, 2);
    assert_tree(0, "work{write x1 10}");
    assert_tree(1, "work{read x2 20}");
}
END_TEST

/* ---- by the value of an argument ---- */

static struct snapshot_value values[8];
static struct tree_values *by_value;

static void value(uint32_t thread, uint64_t what, uint64_t count, uint64_t total_ns)
{
    values[snapshot.value_count++] = (struct snapshot_value){.thread = thread,
        .value = what,
        .form = SNAPSHOT_VALUE_UNSIGNED,
        .leaves = &call_leaves[call_leaf_count],
        .count = count,
        .ended = count,
        .total_ns = total_ns,
        .longest_ns = total_ns};
    snapshot.values = values;
}

static void hits_with_value(uint32_t node, uint64_t count, uint64_t total_ns)
{
    call_leaves[call_leaf_count++] = (struct snapshot_call_leaf){node, count, total_ns};
    values[snapshot.value_count - 1].leaf_count++;
}

static void scope_by_value(const char *root)
{
    const struct tree_options options = {.root = root, .is_implied = is_implied};
    struct tree_process *process = tree_create(&snapshot, NULL, &options);
    by_value = tree_values_create(&snapshot, process, NULL, &options);
    ck_assert_ptr_nonnull(by_value);
    tree_destroy(process);
}

START_TEST(calls_of_all_threads_with_one_value_are_together)
{
    uint32_t first = leaf(frame(outermost(0, MAIN), WORK), "read");
    uint32_t second = leaf(frame(outermost(1, MAIN), WORK), "read");
    value(0, 8, 1, 10);
    hits_with_value(first, 2, 5);
    value(1, 7, 3, 900);
    hits_with_value(second, 4, 50);
    hits_with_value(second, 1, 7); /* a second record for one leaf */
    value(0, 7, 1, 100);
    hits_with_value(first, 6, 60);
    scope_by_value("work");
    ck_assert_uint_eq(by_value->count, 2);
    ck_assert_uint_eq(by_value->kept, 2);
    ck_assert_uint_eq(by_value->call_count, 5);
    ck_assert_uint_eq(by_value->total_ns, 1010);
    const struct tree_value *seven = &by_value->list[0];
    ck_assert_str_eq(seven->text, "7");
    ck_assert_uint_eq(seven->count, 4);
    ck_assert_uint_eq(seven->total_ns, 1000);
    ck_assert_uint_eq(seven->longest_ns, 900);
    ck_assert_uint_eq(seven->thread_count, 2);
    ck_assert_uint_eq(seven->tree->hits, 11);
    ck_assert_uint_eq(by_value->list[1].tree->hits, 2);
    ck_assert_uint_eq(by_value->outside_hits, 2000 - 13);
    tree_values_destroy(by_value);
}
END_TEST

START_TEST(a_leaf_waits_for_the_only_value_with_which_it_was_hit)
{
    uint32_t work = frame(outermost(0, MAIN), WORK);
    uint32_t waits = leaf(work, "read"), left = leaf(work, "write");
    struct snapshot_open_call open = {.node = waits, .object = OBJECTS_NONE, .since_ns = 1000};
    snapshot.open_calls = &open;
    snapshot.open_call_count = 1;
    snapshot.taken_ns = 5000;
    *counted(waits) = (struct snapshot_leaf){
        .name = "read", .hits = 3, .returns = 2, .total_ns = 20, .entered_ns = 1000};
    *counted(left) = (struct snapshot_leaf){
        .name = "write", .hits = 2, .returns = 1, .total_ns = 10, .entered_ns = 900};
    value(0, 7, 2, 100);
    values[0].ended = 1;
    hits_with_value(waits, 3, 20);
    value(0, 8, 1, 50);
    values[1].ended = 0;
    hits_with_value(left, 2, 10);
    scope_by_value("work");
    ck_assert_uint_eq(by_value->list[0].open, 1);
    ck_assert_uint_eq(by_value->list[0].tree->waiting_ns, 20 + 4000);
    ck_assert_uint_eq(by_value->list[1].tree->waiting_ns, 10);
    tree_values_destroy(by_value);
}
END_TEST

START_TEST(the_rest_comes_last)
{
    uint32_t read = leaf(frame(outermost(0, MAIN), WORK), "read");
    value(0, 0, 9, 99999);
    values[0].is_rest = true;
    hits_with_value(read, 1, 1);
    value(0, 0, 1, 5);
    value(0, 3, 1, 6);
    value(0, 4, 0, 0); /* no call yet */
    scope_by_value("work");
    ck_assert_uint_eq(by_value->count, 3);
    ck_assert_uint_eq(by_value->kept, 2);
    ck_assert_str_eq(by_value->list[0].text, "3");
    ck_assert_str_eq(by_value->list[1].text, "0");
    ck_assert(by_value->list[2].is_rest);
    tree_values_destroy(by_value);
}
END_TEST

START_TEST(values_are_written_as_what_they_are)
{
    static const struct {
        uint64_t value;
        enum snapshot_value_form form;
        const char *text;
    } cases[] = {
        {UINT64_MAX, SNAPSHOT_VALUE_SIGNED, "-1"},
        {UINT64_MAX, SNAPSHOT_VALUE_UNSIGNED, "18446744073709551615"},
        {0, SNAPSHOT_VALUE_POINTER, "0x0"},
        {0x7f0012345678, SNAPSHOT_VALUE_POINTER, "0x7f0012345678"},
        {42, SNAPSHOT_VALUE_UNKNOWN, "42"},
        {0x7f0012345678, SNAPSHOT_VALUE_UNKNOWN, "0x7f0012345678"},
        {3, SNAPSHOT_VALUE_HIDDEN, "#3"},
    };
    outermost(0, MAIN);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        snapshot.value_count = 0;
        value(0, cases[i].value, 1, 1);
        values[0].form = cases[i].form;
        scope_by_value("work");
        ck_assert_str_eq(by_value->list[0].text, cases[i].text);
        tree_values_destroy(by_value);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("tree_calls");
    TCase *tests = tcase_create("tree_calls");
    tcase_add_checked_fixture(tests, begin, finish);
    tcase_add_test(tests, a_call_has_what_it_hit_and_nothing_else);
    tcase_add_test(tests, times_in_the_tree_are_the_mean);
    tcase_add_test(tests, siblings_keep_the_order_of_their_first_execution);
    tcase_add_test(tests, equal_trees_of_two_threads_are_one);
    tcase_add_test(tests, the_order_of_the_nodes_makes_no_difference);
    tcase_add_test(tests, trees_that_differ_stay_apart);
    tcase_add_test(tests, what_is_incomplete_is_equal_to_nothing);
    tcase_add_test(tests, open_calls_come_last_and_are_not_merged);
    tcase_add_test(tests, an_open_call_is_in_no_tree_of_another_call);
    tcase_add_test(tests, the_rest_is_counted);
    tcase_add_test(tests, hits_outside_of_the_calls_are_counted);
    tcase_add_test(tests, how_a_leaf_works_is_not_counted_outside);
    tcase_add_test(tests, more_hits_in_calls_than_in_all_are_none_outside);
    tcase_add_test(tests, what_the_root_has_jumped_to_is_in_its_call);
    tcase_add_test(tests, calls_without_hits_have_an_empty_tree);
    tcase_add_test(tests, losses_are_those_of_the_process_not_of_a_call);
    tcase_add_test(tests, the_tree_of_an_innermost_call_begins_at_the_inner_root);
    tcase_add_test(tests, calls_of_all_threads_with_one_value_are_together);
    tcase_add_test(tests, a_leaf_waits_for_the_only_value_with_which_it_was_hit);
    tcase_add_test(tests, the_rest_comes_last);
    tcase_add_test(tests, values_are_written_as_what_they_are);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
