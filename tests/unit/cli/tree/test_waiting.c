/*
 * test_waiting.c - the time that threads have waited, with calls that have not returned.
 *
 * Every address is a function of its own; 0x20 is main.
 */
// needs: cli
#include "tree/waiting.h"

#include <stdlib.h>
#include <string.h>

#include "suite.h"
#include "symbols/symbols.h"
#include "trace/snapshot.h"
#include "trace_format.h"
#include "tree/build.h"

#define NODES_MAX 32
#define MAIN      0x20
#define ENDED     UINT64_C(1000)

/* ---- symbols ---- */

const struct symbol_chain *symbols_resolve(struct symbols *symbols, const char *path,
    const struct file_identity *identity, uint64_t address, bool is_return_address)
{
    static struct symbol_frame frames[256];
    static struct symbol_chain chains[256];
    static char names[256][8];
    (void)symbols, (void)path, (void)identity, (void)is_return_address;
    strcpy(names[address], "f");
    names[address][1] = (char)('0' + address / 16);
    names[address][2] = (char)('0' + address % 16);
    const char *name = address == MAIN ? "main" : names[address];
    frames[address] = (struct symbol_frame){name, name, "a.c", (int)address, 1, false};
    chains[address] = (struct symbol_chain){&frames[address], 1};
    return &chains[address];
}

bool symbols_called(struct symbols *symbols, const char *path, const struct file_identity *identity,
    uint64_t return_address, struct symbol_target *called)
{
    (void)symbols, (void)path, (void)identity, (void)return_address, (void)called;
    return false;
}

bool symbols_has_name(struct symbols *symbols, const char *path,
    const struct file_identity *identity, uint64_t return_address, const char *linkage_name)
{
    (void)symbols, (void)path, (void)identity, (void)return_address, (void)linkage_name;
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
    return "main";
}

/* ---- snapshots ---- */

static struct snapshot_module module = {.path = "/bin/prog"};
static struct snapshot_thread threads[2];
static struct snapshot_node nodes[NODES_MAX];
static struct snapshot_leaf leaves[NODES_MAX];
static struct snapshot snapshot;
static struct tree_process *process;

static void begin(void)
{
    memset(nodes, 0, sizeof nodes);
    threads[0] = (struct snapshot_thread){.tid = 100};
    threads[1] = (struct snapshot_thread){.tid = 101};
    snapshot = (struct snapshot){.pid = 100,
        .has_times = true,
        .program = "/bin/prog",
        .command = "prog",
        .modules = &module,
        .module_count = 1,
        .threads = threads,
        .thread_count = 2,
        .nodes = nodes,
        .leaves = leaves,
        .usage = {.begun_ns = 100, .wall_ns = ENDED - 100, .is_known = true}};
    process = NULL;
}

static void finish(void)
{
    tree_destroy(process);
}

static uint32_t add(struct snapshot_node node, uint32_t thread)
{
    ck_assert_uint_lt(snapshot.node_count, NODES_MAX);
    node.thread = node.caller == SNAPSHOT_NONE ? thread : nodes[node.caller].thread;
    nodes[snapshot.node_count] = node;
    return (uint32_t)snapshot.node_count++;
}

static uint32_t frame(uint32_t caller, uint64_t address, const char *within)
{
    return add(
        (struct snapshot_node){
            .kind = SNAPSHOT_FRAME, .caller = caller, .address = address, .within = within},
        0);
}

static uint32_t main_of(uint32_t thread)
{
    return add(
        (struct snapshot_node){.kind = SNAPSHOT_FRAME, .caller = SNAPSHOT_NONE, .address = MAIN},
        thread);
}

/* A leaf that was entered at `entered_ns` for the last time. */
static uint32_t leaf(uint32_t caller, const char *name, uint64_t hits, uint64_t returns,
    uint64_t total_ns, uint64_t entered_ns)
{
    leaves[snapshot.leaf_count] = (struct snapshot_leaf){.name = name,
        .hits = hits,
        .returns = returns,
        .total_ns = total_ns,
        .entered_ns = entered_ns};
    return add((struct snapshot_node){.kind = SNAPSHOT_LEAF,
                   .caller = caller,
                   .module = SNAPSHOT_NONE,
                   .leaf = (uint32_t)snapshot.leaf_count++},
        0);
}

static void assert_waiting(uint64_t total_ns, uint64_t waiting_ns)
{
    const struct tree_options options = {.root = "main", .root_is_default = true};
    tree_destroy(process);
    process = tree_create(&snapshot, NULL, &options);
    ck_assert_ptr_nonnull(process);
    ck_assert_uint_eq(process->threads[0].total_ns, total_ns);
    ck_assert_uint_eq(process->threads[0].waiting_ns, waiting_ns);
}

/* ---- tests ---- */

START_TEST(what_has_returned_is_all)
{
    uint32_t at = main_of(0);
    leaf(at, "read", 3, 3, 70, 500);
    leaf(at, "poll", 1, 1, 20, 600);
    assert_waiting(90, 90);
    ck_assert_uint_eq(process->waiting_ns, 90);
    ck_assert_uint_eq(process->usage.wall_ns, ENDED - 100);
    ck_assert(process->usage.is_known);
}
END_TEST

START_TEST(the_call_in_which_a_process_ended_counts_until_then)
{
    uint32_t at = main_of(0);
    leaf(at, "read", 3, 3, 70, 500);
    leaf(at, "poll", 2, 1, 20, 600);
    assert_waiting(90, 90 + (ENDED - 600));
}
END_TEST

START_TEST(a_call_that_a_later_hit_follows_was_left)
{
    uint32_t at = main_of(0);
    leaf(at, "poll", 2, 1, 20, 600);
    leaf(at, "read", 3, 3, 70, 601);
    assert_waiting(90, 90);
}
END_TEST

START_TEST(an_open_call_of_which_there_is_a_record_counts_since_it_began)
{
    uint32_t at = main_of(0);
    struct snapshot_open_call open = {
        .node = leaf(at, "poll", 2, 1, 20, 600), .object = OBJECTS_NONE, .since_ns = 550};
    leaf(at, "read", 3, 3, 70, 601); /* a later hit does not matter */
    snapshot.open_calls = &open;
    snapshot.open_call_count = 1;
    assert_waiting(90, 90 + (ENDED - 550));
    snapshot.open_call_count = 0;
}
END_TEST

START_TEST(a_call_from_before_a_period_counts_from_its_begin)
{
    uint32_t at = main_of(0);
    struct snapshot_open_call open = {
        .node = leaf(at, "poll", 1, 0, 0, 50), .object = OBJECTS_NONE, .since_ns = 50};
    snapshot.open_calls = &open;
    snapshot.open_call_count = 1;
    assert_waiting(0, ENDED - 100);
    snapshot.open_call_count = 0;
}
END_TEST

START_TEST(a_leaf_within_an_open_one_is_not_counted_twice)
{
    uint32_t at = main_of(0);
    leaf(at, "getaddrinfo", 1, 0, 0, 300);
    uint32_t body = frame(at, 0x30, "getaddrinfo");
    leaf(body, "poll", 5, 4, 80, 700);
    leaf(body, "read", 1, 1, 10, 650);
    assert_waiting(90, ENDED - 300);
}
END_TEST

START_TEST(an_open_leaf_below_a_time_is_part_of_it)
{
    uint32_t at = main_of(0);
    leaf(at, "getaddrinfo", 1, 1, 50, 300);
    leaf(frame(at, 0x30, "getaddrinfo"), "poll", 2, 1, 40, 700);
    assert_waiting(50, 50);
}
END_TEST

START_TEST(the_outermost_of_three_counts)
{
    uint32_t at = main_of(0);
    leaf(at, "one", 1, 0, 0, 300);
    uint32_t body = frame(at, 0x30, "one");
    leaf(body, "two", 1, 0, 0, 400);
    uint32_t inner = frame(frame(body, 0x31, "two"), 0x32, NULL);
    leaf(inner, "three", 1, 0, 0, 500);
    assert_waiting(0, ENDED - 300);
}
END_TEST

START_TEST(each_thread_has_its_own_open_call)
{
    leaf(main_of(0), "read", 1, 0, 0, 500);
    leaf(main_of(1), "poll", 1, 0, 0, 900);
    assert_waiting(0, ENDED - 500);
    ck_assert_uint_eq(process->threads[1].waiting_ns, ENDED - 900);
    ck_assert_uint_eq(process->waiting_ns, 2 * ENDED - 500 - 900);
}
END_TEST

START_TEST(without_a_known_end_the_snapshot_is_the_end)
{
    leaf(main_of(0), "read", 1, 0, 0, 500);
    snapshot.usage = (struct process_usage){.wall_ns = 0};
    snapshot.taken_ns = 700;
    assert_waiting(0, 200);
    snapshot.taken_ns = 0;
    assert_waiting(0, 0);
}
END_TEST

START_TEST(a_call_that_was_entered_after_the_end_adds_nothing)
{
    leaf(main_of(0), "read", 1, 0, 0, ENDED + 1);
    assert_waiting(0, 0);
}
END_TEST

START_TEST(calls_without_a_time_add_nothing)
{
    leaf(main_of(0), "read", 1, 0, 0, 0);
    assert_waiting(0, 0);
}
END_TEST

START_TEST(what_is_not_in_the_tree_adds_nothing)
{
    leaf(main_of(0), "read", 1, 1, 30, 400);
    uint32_t other = add(
        (struct snapshot_node){.kind = SNAPSHOT_FRAME, .caller = SNAPSHOT_NONE, .address = 0x40},
        0);
    leaf(other, "poll", 1, 0, 0, 600);
    assert_waiting(30, 30);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("waiting");
    TCase *tests = tcase_create("waiting");
    tcase_add_checked_fixture(tests, begin, finish);
    tcase_add_test(tests, what_has_returned_is_all);
    tcase_add_test(tests, the_call_in_which_a_process_ended_counts_until_then);
    tcase_add_test(tests, a_call_that_a_later_hit_follows_was_left);
    tcase_add_test(tests, an_open_call_of_which_there_is_a_record_counts_since_it_began);
    tcase_add_test(tests, a_call_from_before_a_period_counts_from_its_begin);
    tcase_add_test(tests, a_leaf_within_an_open_one_is_not_counted_twice);
    tcase_add_test(tests, an_open_leaf_below_a_time_is_part_of_it);
    tcase_add_test(tests, the_outermost_of_three_counts);
    tcase_add_test(tests, each_thread_has_its_own_open_call);
    tcase_add_test(tests, without_a_known_end_the_snapshot_is_the_end);
    tcase_add_test(tests, a_call_that_was_entered_after_the_end_adds_nothing);
    tcase_add_test(tests, calls_without_a_time_add_nothing);
    tcase_add_test(tests, what_is_not_in_the_tree_adds_nothing);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
