/*
 * test_labels.c - who held a lock, what let a call go, and threads that wait for one another.
 */
// needs: cli
#include "objects/labels.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "objects/deadlock.h"
#include "suite.h"
#include "symbols/symbols.h"
#include "trace/snapshot.h"

/* Each thread has a path start_thread > THREAD > work > pthread_mutex_lock; the functions'
 * addresses are indices in names[]. */
static const char *const names[] = {"start_thread", "first", "second", "third", "work", "main"};

#define THREADS 3

static struct snapshot_module modules[] = {{.path = "/lib/libc.so.6"}, {.path = "/bin/prog"}};
static struct snapshot_thread threads[THREADS];
static struct snapshot_node nodes[4 * THREADS];
static struct snapshot_leaf leaves[THREADS];
static struct snapshot_waker wakers[] = {{"pthread_mutex_unlock", 10}};
static struct snapshot_object list[THREADS];
static struct snapshot_object_calls calls[THREADS];
static struct snapshot process, *snapshots[] = {&process};
static struct labels *labels;
static struct deadlocks deadlocks;

const struct symbol_chain *symbols_resolve(struct symbols *symbols, const char *path,
    const struct file_identity *identity, uint64_t address, bool is_return_address)
{
    static struct symbol_frame frames[6];
    static struct symbol_chain chains[6];
    (void)symbols, (void)path, (void)identity, (void)is_return_address;
    frames[address] = (struct symbol_frame){.function = names[address]};
    chains[address] = (struct symbol_chain){&frames[address], 1};
    return &chains[address];
}

static void add_node(uint32_t thread, uint32_t at, uint32_t module, uint64_t address)
{
    nodes[4 * thread + at] = (struct snapshot_node){.kind = SNAPSHOT_FRAME,
        .caller = at ? 4 * thread + at - 1 : SNAPSHOT_NONE,
        .thread = thread,
        .module = module,
        .address = address};
}

/* Thread i waits for lock i, which `holder` holds. */
static void add_thread(uint32_t thread, int holder)
{
    static const char *const thread_names[] = {"a", "b", ""};
    threads[thread] = (struct snapshot_thread){.tid = 11 + (int)thread};
    strcpy(threads[thread].name, thread_names[thread]);
    add_node(thread, 0, 0, 0);
    add_node(thread, 1, 1, 1 + thread);
    add_node(thread, 2, 1, 4);
    nodes[4 * thread + 3] = (struct snapshot_node){
        .kind = SNAPSHOT_LEAF, .caller = 4 * thread + 2, .thread = thread, .leaf = thread};
    leaves[thread] = (struct snapshot_leaf){
        .name = "pthread_mutex_lock", .hits = 1, .entered_ns = 5};
    list[thread] = (struct snapshot_object){
        .type = TRACE_OBJECT_MUTEX, .module = OBJECTS_NONE, .id = 0x10 + thread};
    calls[thread] = (struct snapshot_object_calls){.node = 4 * thread + 3,
        .object = thread,
        .hits = 1,
        .holder = holder,
        .ended_by = OBJECTS_NONE,
        .longest_ended_by = OBJECTS_NONE};
}

static void begin(void)
{
    deadlocks = (struct deadlocks){.count = 0};
    process = (struct snapshot){.pid = 10,
        .program = "/bin/prog",
        .command = "prog",
        .modules = modules,
        .module_count = 2,
        .threads = threads,
        .thread_count = THREADS,
        .nodes = nodes,
        .node_count = 4 * THREADS,
        .leaves = leaves,
        .leaf_count = THREADS,
        .objects = {.list = list,
            .count = THREADS,
            .calls = calls,
            .call_count = THREADS,
            .wakers = wakers,
            .waker_count = 1}};
    add_thread(0, 12);
    add_thread(1, 11);
    add_thread(2, 0);
    const struct path_style style = {"main", " > ", "...", NULL};
    labels = labels_create(snapshots, 1, NULL, &style, NULL);
}

static void finish(void)
{
    deadlocks_finish(&deadlocks);
    labels_destroy(labels);
}

static void assert_note(const struct snapshot_object_calls *of, bool is_short, const char *expected)
{
    char *note = labels_note(labels, &process, of, is_short);
    if (expected)
        ck_assert_str_eq(note, expected);
    else
        ck_assert_ptr_null(note);
    free(note);
}

START_TEST(the_holder_of_a_lock_is_named_with_what_it_waits_for_itself)
{
    assert_note(&calls[0], false,
        "held by thread 12 \"b\", itself in second > work > pthread_mutex_lock of mutex 0x11");
    assert_note(&calls[0], true, "held by thread 12 \"b\"");
    assert_note(&calls[2], false, NULL);
    calls[0].holder = 10;
    threads[2].tid = 10;
    assert_note(&calls[0], true, "held by the main thread [10]");
    calls[0].holder = 99;
    assert_note(&calls[0], false, "held by thread 99");
}
END_TEST

START_TEST(a_thread_whose_latest_call_has_returned_waits_for_nothing)
{
    calls[1].returns = leaves[1].returns = 1;
    assert_note(&calls[0], false, "held by thread 12 \"b\"");
}
END_TEST

START_TEST(of_calls_that_have_ended_the_longest_counts)
{
    calls[0].returns = 1;
    assert_note(&calls[0], false, NULL);
    calls[0].longest_holder = 13;
    assert_note(&calls[0], false, "held by thread 13");
    calls[0].longest_ended_by = 0;
    assert_note(&calls[0], true, "held by thread 13, let go by work > pthread_mutex_unlock");
    calls[0].longest_holder = 0;
    assert_note(&calls[0], false, "let go by third > work > pthread_mutex_unlock");
}
END_TEST

START_TEST(a_path_begins_at_the_root_or_behind_the_c_library)
{
    nodes[1].address = 5;
    nodes[0].module = 1;
    nodes[0].address = 3;
    char *path = labels_path(labels, &process, 3, false);
    ck_assert_str_eq(path, "main > work > pthread_mutex_lock");
    free(path);
    path = labels_path(labels, &process, 7, false);
    ck_assert_str_eq(path, "second > work > pthread_mutex_lock");
    free(path);
    path = labels_path(labels, &process, 7, true);
    ck_assert_str_eq(path, "work > pthread_mutex_lock");
    free(path);
}
END_TEST

START_TEST(a_long_path_has_its_ends)
{
    static struct snapshot_node deep[12];
    for (uint32_t i = 0; i < 11; i++)
        deep[i] = (struct snapshot_node){.caller = i ? i - 1 : SNAPSHOT_NONE,
            .module = 1,
            .address = i == 0  ? 5
                       : i < 5 ? 1
                               : 2};
    deep[11] = (struct snapshot_node){.kind = SNAPSHOT_LEAF, .caller = 10};
    process.nodes = deep;
    char *path = labels_path(labels, &process, 11, false);
    ck_assert_str_eq(path,
        "main > ... > second > second > second > second > second > second > pthread_mutex_lock");
    free(path);
}
END_TEST

static bool hides(const char *function, const char *linkage_name, const char *module, bool is_short)
{
    (void)linkage_name;
    ck_assert_str_eq(module, strcmp(function, "start_thread") == 0 ? "libc.so.6" : "prog");
    return strcmp(function, "work") == 0 || (is_short && strcmp(function, "second") == 0);
}

START_TEST(functions_that_say_nothing_are_left_out_unless_there_are_no_others)
{
    const struct path_style style = {"main", " > ", "...", hides};
    labels_destroy(labels);
    labels = labels_create(snapshots, 1, NULL, &style, NULL);
    char *path = labels_path(labels, &process, 7, false);
    ck_assert_str_eq(path, "second > pthread_mutex_lock");
    free(path);
    path = labels_path(labels, &process, 3, true);
    ck_assert_str_eq(path, "first > pthread_mutex_lock");
    free(path);
    path = labels_path(labels, &process, 7, true);
    ck_assert_str_eq(path, "work > pthread_mutex_lock");
    free(path);
}
END_TEST

/* ---- deadlocks ---- */

static size_t find(void)
{
    deadlocks_finish(&deadlocks);
    ck_assert_int_eq(deadlocks_find(&deadlocks, labels, snapshots, 1), 0);
    return deadlocks.count;
}

START_TEST(threads_that_wait_for_one_another_are_a_deadlock)
{
    ck_assert_uint_eq(find(), 1);
    const struct deadlock *deadlock = &deadlocks.list[0];
    ck_assert_str_eq(deadlock->process, "prog[10]");
    ck_assert_uint_eq(deadlock->count, 2);
    ck_assert_str_eq(deadlock->waits[0].thread, "thread 11 \"a\"");
    ck_assert_str_eq(deadlock->waits[0].lock, "mutex 0x10");
    ck_assert_str_eq(deadlock->waits[0].path, "first > work > pthread_mutex_lock");
    ck_assert_str_eq(deadlock->waits[1].thread, "thread 12 \"b\"");
    ck_assert_str_eq(deadlock->waits[1].lock, "mutex 0x11");
}
END_TEST

START_TEST(a_thread_that_waits_for_a_circle_is_not_in_it)
{
    calls[2].holder = 11;
    ck_assert_uint_eq(find(), 1);
    ck_assert_uint_eq(deadlocks.list[0].count, 2);
}
END_TEST

START_TEST(three_threads_and_one_thread_are_circles_too)
{
    calls[1].holder = 13;
    calls[2].holder = 11;
    ck_assert_uint_eq(find(), 1);
    ck_assert_uint_eq(deadlocks.list[0].count, 3);
    calls[0].holder = 11;
    ck_assert_uint_eq(find(), 1);
    ck_assert_uint_eq(deadlocks.list[0].count, 1);
}
END_TEST

START_TEST(who_waits_for_a_thread_that_runs_is_in_no_deadlock)
{
    calls[1].returns = leaves[1].returns = 1;
    ck_assert_uint_eq(find(), 0);
    calls[1].returns = leaves[1].returns = 0;
    calls[1].holder = 0;
    ck_assert_uint_eq(find(), 0);
    calls[1].holder = 13;
    ck_assert_uint_eq(find(), 0);
}
END_TEST

START_TEST(a_wait_that_has_just_begun_is_in_no_deadlock)
{
    leaves[0].entered_ns = leaves[1].entered_ns = 1000000000;
    process.taken_ns = 1020000000;
    ck_assert_uint_eq(find(), 1);
    process.taken_ns = 1001000000;
    ck_assert_uint_eq(find(), 0);
    process.usage.begun_ns = 500000000;
    process.usage.wall_ns = 700000000;
    process.usage.is_known = true;
    ck_assert_uint_eq(find(), 1);
    process.usage.wall_ns = 501000000;
    ck_assert_uint_eq(find(), 0);
    process.usage.is_known = false; /* nobody has seen when it ended */
    ck_assert_uint_eq(find(), 1);
}
END_TEST

START_TEST(waiting_for_a_thread_is_not_waiting_for_a_lock)
{
    list[1].type = TRACE_OBJECT_THREAD;
    ck_assert_uint_eq(find(), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("labels");
    TCase *notes = tcase_create("notes");
    tcase_add_checked_fixture(notes, begin, finish);
    tcase_add_test(notes, the_holder_of_a_lock_is_named_with_what_it_waits_for_itself);
    tcase_add_test(notes, a_thread_whose_latest_call_has_returned_waits_for_nothing);
    tcase_add_test(notes, of_calls_that_have_ended_the_longest_counts);
    tcase_add_test(notes, a_path_begins_at_the_root_or_behind_the_c_library);
    tcase_add_test(notes, a_long_path_has_its_ends);
    tcase_add_test(notes, functions_that_say_nothing_are_left_out_unless_there_are_no_others);
    suite_add_tcase(suite, notes);
    TCase *circles = tcase_create("deadlocks");
    tcase_add_checked_fixture(circles, begin, finish);
    tcase_add_test(circles, threads_that_wait_for_one_another_are_a_deadlock);
    tcase_add_test(circles, a_thread_that_waits_for_a_circle_is_not_in_it);
    tcase_add_test(circles, three_threads_and_one_thread_are_circles_too);
    tcase_add_test(circles, who_waits_for_a_thread_that_runs_is_in_no_deadlock);
    tcase_add_test(circles, a_wait_that_has_just_begun_is_in_no_deadlock);
    tcase_add_test(circles, waiting_for_a_thread_is_not_waiting_for_a_lock);
    suite_add_tcase(suite, circles);
    return suite_run(suite);
}
