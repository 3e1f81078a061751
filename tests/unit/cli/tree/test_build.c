/*
 * test_build.c - from recorded call sites to the tree that people read.
 *
 * Snapshots are built by hand; the symbols are a table in this file: an address has a chain of
 * up to three functions, or is unknown. Trees are compared as text, one line a node, with the
 * depth as indentation.
 */
// needs: cli
#include "tree/build.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "names/match.h"
#include "suite.h"
#include "symbols/symbols.h"
#include "trace/group.h"
#include "trace/snapshot.h"
#include "trace_format.h"

/* ---- symbols ---- */

#define SYMBOLS_MAX 64

static struct {
    uint64_t address;
    bool was_return_address, was_looked_up;
    struct symbol_frame frames[3];
    struct symbol_chain chain;
} table[SYMBOLS_MAX];
static size_t table_count;
static const struct symbol_frame nobody;
static const struct symbol_chain nothing = {&nobody, 1};
static bool made_up; /* every unknown address is a function of its own, with a line */

static struct symbol_frame *name_inlined(
    uint64_t address, const char *function, const char *file, int line)
{
    for (size_t i = 0; i < table_count; i++) {
        if (table[i].address != address)
            continue;
        struct symbol_frame *frame = &table[i].frames[table[i].chain.count++];
        *frame = (struct symbol_frame){function, function, file, line, 0, true};
        return frame;
    }
    ck_abort_msg("name the real function at %#lx first", (unsigned long)address);
}

static struct symbol_frame *name(uint64_t address, const char *function, const char *file, int line)
{
    ck_assert_uint_lt(table_count, SYMBOLS_MAX);
    table[table_count].address = address;
    table[table_count].chain = (struct symbol_chain){table[table_count].frames, 0};
    table_count++;
    struct symbol_frame *frame = name_inlined(address, function, file, line);
    frame->is_inlined = false;
    return frame;
}

const struct symbol_chain *symbols_resolve(struct symbols *symbols, const char *path,
    const struct file_identity *identity, uint64_t address, bool is_return_address)
{
    static struct symbol_frame frames[1024];
    static struct symbol_chain chains[1024];
    (void)symbols, (void)path, (void)identity;
    for (size_t i = 0; i < table_count; i++) {
        if (table[i].address != address)
            continue;
        table[i].was_return_address = is_return_address;
        table[i].was_looked_up = true;
        return &table[i].chain;
    }
    if (!made_up)
        return &nothing;
    size_t at = address % 1024;
    frames[at] = (struct symbol_frame){"made_up", "made_up", "made_up.c", (int)at + 1, 1, false};
    chains[at] = (struct symbol_chain){&frames[at], 1};
    return &chains[at];
}

/* Where something is called whose name is known; and where that has another name. */
static struct {
    uint64_t return_address, inside;
    const char *name;
    enum symbol_home home;
    bool has_aliases;
} call_table[8];
static size_t call_count;
static uint64_t call_of_main; /* in libc; 0: none is known */
static const char *name_of_main;
static uint64_t entry_of_linker, entry_of_program; /* return addresses; 0: none */

static void calls_at(uint64_t return_address, const char *called, enum symbol_home home)
{
    ck_assert_uint_lt(call_count, sizeof call_table / sizeof *call_table);
    call_table[call_count].inside = 0;
    call_table[call_count].return_address = return_address;
    call_table[call_count].home = home;
    call_table[call_count].has_aliases = false;
    call_table[call_count++].name = called;
}

static void calls(uint64_t return_address, const char *called)
{
    calls_at(return_address, called, SYMBOL_HOME_UNKNOWN);
}

bool symbols_called(struct symbols *symbols, const char *path, const struct file_identity *identity,
    uint64_t return_address, struct symbol_target *called)
{
    (void)symbols, (void)path, (void)identity;
    for (size_t i = 0; i < call_count; i++) {
        if (call_table[i].return_address != return_address)
            continue;
        *called = (struct symbol_target){
            call_table[i].name, call_table[i].name, call_table[i].home, call_table[i].has_aliases};
        return true;
    }
    return false;
}

bool symbols_has_name(struct symbols *symbols, const char *path,
    const struct file_identity *identity, uint64_t return_address, const char *linkage_name)
{
    (void)symbols, (void)path, (void)identity;
    for (size_t i = 0; i < call_count; i++)
        if (call_table[i].inside == return_address && strcmp(call_table[i].name, linkage_name) == 0)
            return true;
    return false;
}

bool symbols_is_other(struct symbols *symbols, const char *path,
    const struct file_identity *identity, uint64_t address, bool is_return_address,
    const char *linkage_name)
{
    (void)symbols, (void)path, (void)identity, (void)is_return_address;
    for (size_t i = 0; i < table_count; i++)
        if (table[i].address == address)
            return strcmp(table[i].frames[0].linkage_name, linkage_name) != 0;
    return false;
}

bool symbols_is_call_of_main(struct symbols *symbols, const char *path,
    const struct file_identity *identity, uint64_t return_address)
{
    (void)symbols, (void)identity;
    return strstr(path, "libc.so") && return_address == call_of_main;
}

bool symbols_is_entry(struct symbols *symbols, const char *path,
    const struct file_identity *identity, uint64_t return_address)
{
    (void)symbols, (void)identity;
    return return_address == (strstr(path, "ld-linux") ? entry_of_linker : entry_of_program);
}

const char *symbols_name_main(
    struct symbols *symbols, const char *path, const struct file_identity *identity)
{
    (void)symbols, (void)identity;
    ck_assert_str_eq(path, "/bin/prog");
    return name_of_main;
}

/* ---- snapshots ---- */

enum { PROGRAM, LIBC, OTHER_PROGRAM, OURS, INTERPOSER, LOADER, MODULES };
static struct snapshot_module modules[MODULES] = {
    [PROGRAM] = {.path = "/bin/prog"},
    [LIBC] = {.path = "/lib/x86_64-linux-gnu/libc.so.6"},
    [OTHER_PROGRAM] = {.path = "/opt/prog"},
    [OURS] = {.path = "/usr/lib/scoped-trace/libscoped-trace.so"},
    [INTERPOSER] = {.path = "/run/x/scoped-trace-interposer.so"},
    [LOADER] = {.path = "/lib64/ld-linux-x86-64.so.2"},
};
static struct snapshot_thread threads[4];
static struct snapshot_node *nodes;
static size_t node_capacity;
static struct snapshot_leaf *leaves;
static size_t leaf_capacity;
static struct snapshot snapshot;
static struct tree_process *process;

static void begin(void)
{
    table_count = call_count = 0;
    call_of_main = 0;
    name_of_main = "main";
    entry_of_linker = entry_of_program = 0;
    made_up = false;
    process = NULL;
    nodes = NULL;
    leaves = NULL;
    node_capacity = leaf_capacity = 0;
    threads[0] = (struct snapshot_thread){.tid = 100, .name = "prog"};
    snapshot = (struct snapshot){.pid = 100,
        .parent_pid = 1,
        .has_times = true,
        .program = "/bin/prog",
        .command = "prog",
        .modules = modules,
        .module_count = MODULES,
        .threads = threads,
        .thread_count = 1};
}

static void finish(void)
{
    tree_destroy(process);
    free(nodes);
    free(leaves);
}

static uint32_t thread(int tid)
{
    threads[snapshot.thread_count] = (struct snapshot_thread){.tid = tid, .name = "worker"};
    return (uint32_t)snapshot.thread_count++;
}

static uint32_t add(struct snapshot_node node)
{
    if (snapshot.node_count == node_capacity) {
        node_capacity = node_capacity ? node_capacity * 2 : 64;
        nodes = realloc(nodes, node_capacity * sizeof *nodes);
    }
    snapshot.nodes = nodes;
    nodes[snapshot.node_count] = node;
    return (uint32_t)snapshot.node_count++;
}

static uint32_t frame_in(uint32_t module, uint32_t caller, uint64_t address)
{
    uint32_t in = caller == SNAPSHOT_NONE ? 0 : nodes[caller].thread;
    return add((struct snapshot_node){.kind = SNAPSHOT_FRAME,
        .caller = caller,
        .thread = in,
        .module = module,
        .address = address});
}

static uint32_t frame(uint32_t caller, uint64_t address)
{
    return frame_in(PROGRAM, caller, address);
}

static uint32_t outermost(uint32_t module, uint64_t address, uint32_t in, uint32_t flags)
{
    uint32_t index = frame_in(module, SNAPSHOT_NONE, address);
    nodes[index].thread = in;
    nodes[index].flags = flags;
    return index;
}

/* Its node is the latest one. */
static struct snapshot_leaf *leaf(uint32_t caller, const char *of, uint64_t hits, uint64_t total_ns)
{
    if (snapshot.leaf_count == leaf_capacity) {
        leaf_capacity = leaf_capacity ? leaf_capacity * 2 : 64;
        leaves = realloc(leaves, leaf_capacity * sizeof *leaves);
    }
    snapshot.leaves = leaves;
    add((struct snapshot_node){.kind = SNAPSHOT_LEAF,
        .caller = caller,
        .thread = caller == SNAPSHOT_NONE ? 0 : nodes[caller].thread,
        .module = SNAPSHOT_NONE,
        .leaf = (uint32_t)snapshot.leaf_count});
    leaves[snapshot.leaf_count] = (struct snapshot_leaf){
        .name = of, .hits = hits, .returns = hits, .total_ns = total_ns, .longest_ns = total_ns};
    return &leaves[snapshot.leaf_count++];
}

static struct snapshot_node *latest(void)
{
    return &nodes[snapshot.node_count - 1];
}

/* ---- trees as text ---- */

/* Leaves that nobody asked for by name. */
static bool is_implied(const void *argument, const char *leaf_name)
{
    (void)argument;
    return strcmp(leaf_name, "clock_nanosleep") == 0 || strcmp(leaf_name, "nanosleep") == 0;
}

static void print_node(FILE *out, const struct tree_node *node)
{
    if (node->is_gone)
        fprintf(out, "%s jumps", node->function);
    else if (node->is_phase)
        fprintf(out, "%s x%lu %lu", node->function, node->leaf->hits, node->leaf->total_ns);
    else if (node->is_leaf)
        fprintf(out, "%s x%lu %lu", node->function, node->leaf->hits, node->leaf->total_ns);
    else if (node->file && node->line)
        fprintf(out, "%s %s:%d", node->function ? node->function : "?", node->file, node->line);
    else
        fprintf(out, "%s %s+%lx", node->function ? node->function : "?",
            node->module ? node->module : "?", node->address);
    fputc('\n', out);
}

static char *text_of(const struct tree_node *top)
{
    char *text;
    size_t size;
    int depth = 0;
    FILE *out = open_memstream(&text, &size);
    const struct tree_node *node = top->first_child;
    while (node) {
        fprintf(out, "%*s", depth * 2, "");
        print_node(out, node);
        if (node->first_child) {
            node = node->first_child;
            depth++;
            continue;
        }
        while (node != top && !node->next_sibling) {
            node = node->parent;
            depth--;
        }
        node = node->next_sibling;
    }
    fclose(out);
    return text;
}

static void assert_same_text(const struct tree_node *a, const struct tree_node *b)
{
    char *left = text_of(a), *right = text_of(b);
    ck_assert_str_eq(left, right);
    free(left);
    free(right);
}

static void assert_same_thread(const struct tree_thread *a, const struct tree_thread *b)
{
    if (snapshot.node_count < 1000) /* the text of a deep tree is long */
        assert_same_text(a->top, b->top);
    ck_assert_uint_eq(a->hits, b->hits);
    ck_assert_uint_eq(a->outside_hits, b->outside_hits);
    ck_assert_uint_eq(a->total_ns, b->total_ns);
    ck_assert_uint_eq(a->waiting_ns, b->waiting_ns);
    ck_assert_uint_eq(a->open_ns, b->open_ns);
    ck_assert(a->has_root == b->has_root);
}

/* One tree at a time, in another order, and twice. */
static void assert_same_one_by_one(const struct tree_options *options)
{
    struct tree_process *other = tree_open(&snapshot, NULL, options);
    ck_assert_ptr_nonnull(other);
    for (size_t i = 2 * process->thread_count; i-- > 0;) {
        size_t thread = i % process->thread_count;
        ck_assert_int_eq(tree_show(other, thread), 0);
        assert_same_thread(&process->threads[thread], &other->threads[thread]);
        for (size_t k = 0; k < process->thread_count; k++)
            ck_assert(k == thread || other->threads[k].top == NULL);
    }
    ck_assert_int_eq(tree_count(other), 0);
    ck_assert_uint_eq(other->hits, process->hits);
    ck_assert_uint_eq(other->outside_hits, process->outside_hits);
    ck_assert_uint_eq(other->waiting_ns, process->waiting_ns);
    ck_assert_uint_eq(other->leaf_count, process->leaf_count);
    ck_assert_uint_eq(other->node_count, process->node_count);
    ck_assert(other->root_found == process->root_found);
    ck_assert(other->is_root_implied == process->is_root_implied);
    tree_destroy(other);
}

static void tree_with(const char *root, bool is_default)
{
    struct tree_options options = {
        .root = root, .root_is_default = is_default, .is_implied = is_implied};
    tree_destroy(process);
    ck_assert_int_eq(snapshot_group_nodes(&snapshot), 0);
    nodes = snapshot.nodes;
    process = tree_create(&snapshot, NULL, &options);
    ck_assert_ptr_nonnull(process);
    assert_same_one_by_one(&options);
}

static void scope(void)
{
    tree_with("main", true);
}

static void assert_tree(size_t of_thread, const char *expected)
{
    char *text = text_of(process->threads[of_thread].top);
    ck_assert_str_eq(text, expected);
    free(text);
}

/* ---- knitting ---- */

START_TEST(a_path_is_shown_from_main_to_its_leaf)
{
    name(0x10, "_start", NULL, 0);
    name(0x20, "main", "a.c", 2);
    name(0x30, "work", "a.c", 3);
    uint32_t at = frame(frame(frame(SNAPSHOT_NONE, 0x10), 0x20), 0x30);
    leaf(at, "read", 3, 70);
    scope();
    assert_tree(0, "main a.c:2\n"
                   "  work a.c:3\n"
                   "    read x3 70\n");
    ck_assert(process->root_found);
    ck_assert(process->threads[0].has_root);
    ck_assert(process->threads[0].is_main);
    ck_assert_uint_eq(process->hits, 3);
    ck_assert_uint_eq(process->outside_hits, 0);
    ck_assert_uint_eq(process->leaf_count, 1);
    ck_assert_uint_eq(process->node_count, 3);
    ck_assert_uint_eq(process->threads[0].total_ns, 70);
    const struct tree_node *node = process->threads[0].top->first_child;
    ck_assert_str_eq(node->module, "prog");
    ck_assert_str_eq(node->linkage_name, "main");
    ck_assert_uint_eq(node->address, 0x20);
    ck_assert_ptr_eq(node->first_child->parent, node);
}
END_TEST

START_TEST(an_inlined_function_is_a_node_of_its_own)
{
    name(0x20, "main", "a.c", 2);
    name_inlined(0x20, "outer", "a.c", 3);
    name_inlined(0x20, "inner", "a.c", 4);
    leaf(frame(SNAPSHOT_NONE, 0x20), "read", 1, 1);
    scope();
    assert_tree(0, "main a.c:2\n"
                   "  outer a.c:3\n"
                   "    inner a.c:4\n"
                   "      read x1 1\n");
    const struct tree_node *node = process->threads[0].top->first_child;
    ck_assert(!node->is_inlined);
    ck_assert(node->first_child->is_inlined);
}
END_TEST

START_TEST(a_return_address_is_looked_up_as_one_and_an_interrupted_instruction_is_not)
{
    name(0x20, "main", "a.c", 2);
    name_inlined(0x20, "inner", "a.c", 9);
    name(0x30, "handler", "a.c", 3);
    uint32_t at = frame(SNAPSHOT_NONE, 0x20);
    nodes[at].kind = SNAPSHOT_INTERRUPTED;
    leaf(frame(frame(at, 0x28), 0x30), "read", 1, 1);
    scope();
    ck_assert(!table[0].was_return_address);
    ck_assert(table[1].was_return_address);
    const struct tree_node *node = process->threads[0].top->first_child;
    ck_assert(!node->is_interrupted);
    ck_assert(node->first_child->is_interrupted);
    ck_assert(!node->first_child->first_child->is_interrupted);
}
END_TEST

static const struct histogram *durations_of(const struct tree_node *node)
{
    while (node && !node->is_leaf)
        node = node->first_child;
    return node ? node->leaf->durations : NULL;
}

/* Three call sites of one line: the leaf has the calls of all, and the snapshot keeps its own. */
START_TEST(leaves_of_one_line_have_the_calls_of_all)
{
    uint64_t calls[] = {5, 7, 11};
    const uint64_t all[] = {5, 12, 23};
    name(0x20, "main", "a.c", 2);
    for (unsigned i = 0; i < 3; i++) {
        name(0x30 + i, "work", "a.c", 3);
        uint32_t at = frame(i ? 0 : frame(SNAPSHOT_NONE, 0x20), 0x30 + i);
        leaf(at, "read", 1, 10);
    }
    for (unsigned i = 0; i < 3; i++) {
        leaves[i].durations = (struct histogram){
            .counts = &calls[i], .bound_ps = 1000, .longest_ns = 100 * (i + 1), .size = 1};
        leaves[i].durations.first = (uint8_t)(2 + i / 2);
        scope();
        const struct histogram *sum = durations_of(process->threads[0].top->first_child);
        ck_assert_ptr_nonnull(sum);
        ck_assert(i > 0 || sum == &leaves[0].durations);
        ck_assert_uint_eq(histogram_calls(sum), all[i]);
        ck_assert_uint_eq(sum->longest_ns, 100 * (i + 1));
        ck_assert_uint_eq(calls[0], 5);
        ck_assert_uint_eq(leaves[0].durations.longest_ns, 100);
    }
}
END_TEST

START_TEST(same_line_twice_is_one_node)
{
    name(0x20, "main", "a.c", 2);
    name(0x30, "work", "a.c", 3);
    name(0x38, "work", "a.c", 3);
    uint32_t at = frame(SNAPSHOT_NONE, 0x20);
    leaf(frame(at, 0x30), "read", 1, 1);
    leaf(frame(at, 0x38), "read", 2, 2);
    scope();
    assert_tree(0, "main a.c:2\n"
                   "  work a.c:3\n"
                   "    read x3 3\n");
}
END_TEST

START_TEST(another_line_column_function_or_file_is_another_node)
{
    name(0x20, "main", "a.c", 2);
    name(0x30, "work", "a.c", 3);
    name(0x31, "work", "a.c", 4);
    name(0x32, "work", "b.c", 3);
    name(0x33, "play", "a.c", 3);
    name(0x34, "work", "a.c", 3)->column = 5;
    uint32_t at = frame(SNAPSHOT_NONE, 0x20);
    for (uint64_t address = 0x30; address <= 0x34; address++)
        leaf(frame(at, address), "read", 1, 1);
    scope();
    assert_tree(0, "main a.c:2\n"
                   "  work a.c:3\n"
                   "    read x1 1\n"
                   "  work a.c:4\n"
                   "    read x1 1\n"
                   "  work b.c:3\n"
                   "    read x1 1\n"
                   "  play a.c:3\n"
                   "    read x1 1\n"
                   "  work a.c:3\n"
                   "    read x1 1\n");
}
END_TEST

START_TEST(without_lines_nodes_are_one_by_module_and_address)
{
    name(0x20, "main", "a.c", 2);
    uint32_t at = frame(SNAPSHOT_NONE, 0x20);
    leaf(frame(at, 0x30), "read", 1, 1);
    leaf(frame(at, 0x40), "read", 1, 1);
    leaf(frame(at, 0x30), "read", 1, 1);
    leaf(frame_in(OTHER_PROGRAM, at, 0x30), "read", 1, 1); /* of the same base name */
    leaf(frame_in(SNAPSHOT_NONE, at, 0x30), "read", 1, 1);
    scope();
    assert_tree(0, "main a.c:2\n"
                   "  ? prog+30\n"
                   "    read x2 2\n"
                   "  ? prog+40\n"
                   "    read x1 1\n"
                   "  ? prog+30\n"
                   "    read x1 1\n"
                   "  ? ?+30\n"
                   "    read x1 1\n");
}
END_TEST

START_TEST(an_interrupted_place_is_not_one_with_a_call_from_it)
{
    name(0x20, "main", "a.c", 2);
    name(0x30, "work", "a.c", 3);
    uint32_t at = frame(SNAPSHOT_NONE, 0x20), interrupted;
    leaf(frame(at, 0x30), "read", 1, 1);
    interrupted = frame(at, 0x30);
    nodes[interrupted].kind = SNAPSHOT_INTERRUPTED;
    leaf(interrupted, "read", 1, 1);
    scope();
    ck_assert_uint_eq(process->node_count, 5);
}
END_TEST

START_TEST(siblings_stand_in_the_order_of_their_first_execution)
{
    name(0x20, "main", "a.c", 2);
    name(0x31, "late_in_the_alphabet", "z.c", 1);
    name(0x32, "early", "a.c", 1);
    name(0x33, "late_in_the_alphabet", "z.c", 1);
    uint32_t at = frame(SNAPSHOT_NONE, 0x20);
    leaf(at, "write", 1, 1);
    leaf(frame(at, 0x31), "read", 1, 1);
    leaf(frame(at, 0x32), "read", 1, 1);
    leaf(frame(at, 0x33), "poll", 1, 1); /* merges with the first one and keeps its place */
    leaf(at, "read", 1, 1);
    scope();
    assert_tree(0, "main a.c:2\n"
                   "  write x1 1\n"
                   "  late_in_the_alphabet z.c:1\n"
                   "    read x1 1\n"
                   "    poll x1 1\n"
                   "  early a.c:1\n"
                   "    read x1 1\n"
                   "  read x1 1\n");
    ck_assert_uint_eq(process->leaf_count, 3);
}
END_TEST

START_TEST(leaves_of_one_name_are_added_up)
{
    name(0x20, "main", "a.c", 2);
    name(0x28, "main", "a.c", 2);
    struct snapshot_leaf *one = leaf(frame(SNAPSHOT_NONE, 0x20), "read", 3, 30);
    one->returns = 2;
    one->longest_ns = 20;
    one->entered_ns = 900;
    struct snapshot_leaf *two = leaf(frame(SNAPSHOT_NONE, 0x28), "read", 5, 50);
    two->longest_ns = 15;
    two->entered_ns = 800;
    scope();
    const struct tree_node *node = process->threads[0].top->first_child->first_child;
    ck_assert(node->is_leaf);
    ck_assert_uint_eq(node->leaf->hits, 8);
    ck_assert_uint_eq(node->leaf->returns, 7);
    ck_assert_uint_eq(node->leaf->total_ns, 80);
    ck_assert_uint_eq(node->leaf->longest_ns, 20);
    ck_assert_uint_eq(node->leaf->entered_ns, 900);
}
END_TEST

START_TEST(frames_without_a_hit_below_are_not_shown)
{
    name(0x20, "main", "a.c", 2);
    name(0x30, "work", "a.c", 3);
    uint32_t at = frame(SNAPSHOT_NONE, 0x20);
    frame(frame(at, 0x30), 0x31);
    leaf(frame(at, 0x32), "read", 0, 0);
    leaf(at, "write", 1, 1);
    scope();
    assert_tree(0, "main a.c:2\n"
                   "  write x1 1\n");
}
END_TEST

START_TEST(the_frames_of_the_tool_itself_are_left_out)
{
    name(0x20, "main", "a.c", 2);
    uint32_t at = frame_in(INTERPOSER, frame(SNAPSHOT_NONE, 0x20), 0x20);
    leaf(frame_in(OURS, at, 0x99), "read", 1, 1);
    leaf(frame_in(LIBC, at, 0x40), "write", 1, 1);
    scope();
    assert_tree(0, "main a.c:2\n"
                   "  read x1 1\n"
                   "  ? libc.so.6+40\n"
                   "    write x1 1\n");
}
END_TEST

START_TEST(sums_that_overflow_stay_at_the_largest_number)
{
    name(0x20, "main", "a.c", 2);
    uint32_t at = frame(SNAPSHOT_NONE, 0x20);
    leaf(at, "read", UINT64_MAX - 1, UINT64_MAX);
    leaf(at, "read", 5, 5);
    scope();
    ck_assert_uint_eq(process->threads[0].total_ns, UINT64_MAX);
    ck_assert_uint_eq(process->hits, UINT64_MAX);
    ck_assert_uint_eq(process->threads[0].top->first_child->first_child->leaf->hits, UINT64_MAX);
}
END_TEST

/* ---- roots ---- */

START_TEST(hits_outside_of_the_root_are_counted_and_not_shown)
{
    name(0x20, "main", "a.c", 2);
    name(0x40, "constructor", "a.c", 4);
    leaf(outermost(PROGRAM, 0x40, 0, TRACE_END_OF_STACK), "open", 4, 40);
    leaf(frame(SNAPSHOT_NONE, 0x20), "read", 1, 1);
    scope();
    assert_tree(0, "main a.c:2\n"
                   "  read x1 1\n");
    ck_assert_uint_eq(process->outside_hits, 4);
    ck_assert_uint_eq(process->threads[0].outside_hits, 4);
    ck_assert_uint_eq(process->hits, 1);
    ck_assert_uint_eq(process->threads[0].total_ns, 1);
    ck_assert_uint_eq(process->leaf_count, 1);
}
END_TEST

START_TEST(an_inlined_function_can_be_the_root)
{
    name(0x20, "main", "a.c", 2);
    name(0x30, "work", "a.c", 3);
    name_inlined(0x30, "serve", "a.c", 4);
    name_inlined(0x30, "step", "a.c", 5);
    leaf(frame(frame(SNAPSHOT_NONE, 0x20), 0x30), "read", 1, 1);
    tree_with("serve", false);
    assert_tree(0, "serve a.c:4\n"
                   "  step a.c:5\n"
                   "    read x1 1\n");
}
END_TEST

START_TEST(several_call_sites_of_the_root_give_one_top)
{
    name(0x20, "main", "a.c", 2);
    name(0x28, "main", "a.c", 3);
    name(0x30, "work", "a.c", 9);
    leaf(frame(frame(SNAPSHOT_NONE, 0x20), 0x30), "read", 1, 1);
    leaf(frame(frame(SNAPSHOT_NONE, 0x28), 0x30), "read", 2, 2);
    tree_with("work", false);
    assert_tree(0, "work a.c:9\n"
                   "  read x3 3\n");
}
END_TEST

START_TEST(of_a_recursive_root_the_outermost_is_the_top)
{
    name(0x20, "main", "a.c", 2);
    name(0x30, "work", "a.c", 9);
    uint32_t outer = frame(frame(SNAPSHOT_NONE, 0x20), 0x30), inner = frame(outer, 0x30);
    leaf(inner, "read", 1, 1);
    leaf(outer, "read", 1, 1);
    tree_with("work", false);
    assert_tree(0, "work a.c:9\n"
                   "  work a.c:9\n"
                   "    read x1 1\n"
                   "  read x1 1\n");
}
END_TEST

START_TEST(a_root_that_is_nowhere_gives_the_whole_tree)
{
    name(0x10, "_start", NULL, 0);
    name(0x20, "main", "a.c", 2);
    leaf(frame(frame(SNAPSHOT_NONE, 0x10), 0x20), "read", 1, 1);
    tree_with("nowhere", false);
    assert_tree(0, "_start prog+10\n"
                   "  main a.c:2\n"
                   "    read x1 1\n");
    ck_assert(!process->root_found);
    ck_assert_uint_eq(process->outside_hits, 0);
}
END_TEST

START_TEST(a_root_above_nothing_but_empty_paths_was_not_met)
{
    name(0x20, "main", "a.c", 2);
    name(0x30, "other", "a.c", 3);
    leaf(frame(SNAPSHOT_NONE, 0x20), "write", 0, 0);
    leaf(frame(SNAPSHOT_NONE, 0x30), "read", 1, 1);
    scope();
    ck_assert(!process->root_found);
    assert_tree(0, "other a.c:3\n"
                   "  read x1 1\n");
}
END_TEST

START_TEST(another_thread_is_shown_from_its_first_function_on)
{
    name(0x20, "main", "a.c", 2);
    name(0x41, "clone3", NULL, 0);
    name(0x42, "start_thread", NULL, 0);
    name(0x50, "worker", "a.c", 5);
    leaf(frame(SNAPSHOT_NONE, 0x20), "read", 1, 1);
    uint32_t at = outermost(LIBC, 0x41, thread(101), TRACE_END_OF_STACK);
    at = frame(frame_in(LIBC, at, 0x42), 0x50);
    leaf(frame_in(LIBC, at, 0x43), "write", 2, 7);
    scope();
    assert_tree(1, "worker a.c:5\n"
                   "  ? libc.so.6+43\n"
                   "    write x2 7\n");
    ck_assert(!process->threads[1].has_root);
    ck_assert(!process->threads[1].is_main);
    ck_assert_int_eq(process->threads[1].tid, 101);
    ck_assert_uint_eq(process->threads[1].hits, 2);
    ck_assert_uint_eq(process->threads[1].total_ns, 7);
    ck_assert_uint_eq(process->outside_hits, 0);
}
END_TEST

/* _start, two frames of libc, and what they called as main. */
static uint32_t begin_program(void)
{
    uint32_t at = outermost(PROGRAM, 0x10, 0, TRACE_END_OF_STACK);
    call_of_main = 0x42;
    return frame_in(LIBC, frame_in(LIBC, at, 0x41), 0x42);
}

static void has_name(uint64_t address, const char *function)
{
    calls(0, function);
    call_table[call_count - 1].inside = address;
}

/* The same, with the names that libc exports. */
static uint32_t begin_process(void)
{
    uint32_t start = begin_program();
    entry_of_program = 0x10;
    has_name(0x41, "__libc_start_main");
    has_name(0x60, "exit");
    return start;
}

/* exit, and what it has called. */
static uint32_t begin_exit(uint32_t start)
{
    uint32_t after_main = frame_in(LIBC, nodes[start].caller, 0x47);
    return frame_in(LIBC, frame_in(LIBC, after_main, 0x60), 0x61);
}

START_TEST(what_comes_before_and_after_main_stands_beside_it)
{
    name(0x20, "main", "a.c", 2);
    name(0x50, "connect", "lib.c", 5);
    name(0x51, "early", "a.c", 6);
    name(0x52, "late", "a.c", 7);
    name(0x53, "fini", "a.c", 8);
    entry_of_linker = 0x70;
    uint32_t linker = outermost(LOADER, 0x70, 0, TRACE_LOST_TRACK);
    leaf(frame(frame_in(LOADER, linker, 0x71), 0x50), "connect", 1, 10);
    uint32_t start = begin_process();
    leaf(frame(frame_in(LIBC, nodes[start].caller, 0x43), 0x51), "read", 2, 20);
    leaf(frame(start, 0x20), "poll", 3, 30);
    uint32_t at_exit = begin_exit(start);
    leaf(frame(at_exit, 0x52), "write", 4, 40);
    leaf(frame(frame_in(LOADER, at_exit, 0x72), 0x53), "close", 5, 50);
    scope();
    assert_tree(0, "before main x3 30\n"
                   "  connect lib.c:5\n"
                   "    connect x1 10\n"
                   "  early a.c:6\n"
                   "    read x2 20\n"
                   "main a.c:2\n"
                   "  poll x3 30\n"
                   "after main x9 90\n"
                   "  late a.c:7\n"
                   "    write x4 40\n"
                   "  fini a.c:8\n"
                   "    close x5 50\n");
    ck_assert_uint_eq(process->hits, 15);
    ck_assert_uint_eq(process->outside_hits, 0);
    ck_assert_uint_eq(process->waiting_ns, 150);
    tree_with("main", false);
    ck_assert_uint_eq(process->hits, 3);
    ck_assert_uint_eq(process->outside_hits, 12);
}
END_TEST

START_TEST(a_process_whose_main_has_no_hits_has_these_trees_too)
{
    name(0x51, "early", "a.c", 6);
    name(0x52, "late", "a.c", 7);
    uint32_t start = begin_process();
    leaf(frame(nodes[start].caller, 0x51), "read", 2, 20);
    leaf(frame(begin_exit(start), 0x52), "write", 4, 40);
    scope();
    assert_tree(0, "before main x2 20\n"
                   "  early a.c:6\n"
                   "    read x2 20\n"
                   "after main x4 40\n"
                   "  late a.c:7\n"
                   "    write x4 40\n");
    call_table[0].name = "another"; /* what stood for __libc_start_main */
    scope();
    ck_assert_str_eq(process->threads[0].top->last_child->function, "after main");
    ck_assert(!process->threads[0].top->first_child->is_phase);
}
END_TEST

/* A constructor that has ended in a jump to a leaf; and libc's own writing of streams. */
START_TEST(leaves_that_start_code_has_called_are_told_by_their_order)
{
    name(0x20, "main", "a.c", 2);
    name(0x53, "called", "a.c", 8);
    uint32_t start = begin_process(), call = frame_in(LIBC, nodes[start].caller, 0x43);
    leaf(call, "sleep", 1, 10);
    uint32_t body = frame_in(LIBC, call, 0x44);
    nodes[body].within = "sleep";
    leaf(frame(body, 0x53), "pause", 1, 5);
    uint32_t end = frame_in(LIBC, nodes[start].caller, 0x48);
    leaf(frame(start, 0x20), "poll", 3, 30);
    leaf(end, "futex", 1, 1);
    leaf(begin_exit(start), "write", 4, 40);
    scope();
    assert_tree(0, "before main x2 10\n"
                   "  sleep x1 10\n"
                   "    ? libc.so.6+44\n"
                   "      called a.c:8\n"
                   "        pause x1 5\n"
                   "main a.c:2\n"
                   "  poll x3 30\n"
                   "after main x5 41\n"
                   "  futex x1 1\n"
                   "  ? libc.so.6+60\n"
                   "    ? libc.so.6+61\n"
                   "      write x4 40\n");
}
END_TEST

START_TEST(the_call_of_exit_is_after_main_if_main_has_no_hits)
{
    uint32_t start = begin_process();
    leaf(frame_in(LIBC, nodes[start].caller, 0x47), "exit", 1, 0);
    scope();
    assert_tree(0, "after main x1 0\n"
                   "  exit x1 0\n");
}
END_TEST

/* The call may be that of a constructor, but main has no hits either. */
START_TEST(what_cannot_be_told_is_outside_of_main)
{
    name(0x20, "main", "a.c", 2);
    name(0x51, "other", "a.c", 6);
    name(0x52, "wrapper", "a.c", 7);
    uint32_t start = begin_process();
    leaf(frame(start, 0x20), "poll", 3, 30);
    entry_of_program = 0; /* it is not known where the stack begins */
    leaf(frame(nodes[start].caller, 0x51), "read", 2, 20);
    leaf(frame(begin_exit(start), 0x51), "write", 4, 40);
    scope();
    ck_assert_uint_eq(process->outside_hits, 6);
    entry_of_program = 0x10;
    uint32_t own = outermost(PROGRAM, 0x11, 0, TRACE_END_OF_STACK);
    leaf(frame(frame_in(LIBC, own, 0x41), 0x51), "read", 8, 8);
    scope();
    ck_assert_uint_eq(process->outside_hits, 8);
    ck_assert_uint_eq(process->hits, 9);
}
END_TEST

START_TEST(what_is_called_in_place_of_main_is_no_constructor)
{
    name(0x20, "main", "a.c", 2);
    name(0x30, "wrapper", "w.c", 3);
    uint32_t wrapper = frame(begin_process(), 0x30);
    leaf(frame(wrapper, 0x20), "read", 2, 2);
    leaf(frame(nodes[wrapper].caller, 0x30), "write", 1, 1);
    scope();
    assert_tree(0, "main a.c:2\n"
                   "  read x2 2\n"
                   "after main x1 1\n"
                   "  wrapper w.c:3\n"
                   "    write x1 1\n");
}
END_TEST

/* Its frames are those of the main thread. */
START_TEST(other_threads_and_exits_within_main_have_no_phase)
{
    name(0x20, "main", "a.c", 2);
    name(0x52, "late", "a.c", 7);
    uint32_t start = begin_process();
    uint32_t in_main = frame(start, 0x20);
    leaf(frame(frame_in(LIBC, in_main, 0x60), 0x52), "write", 1, 1);
    uint32_t other = outermost(PROGRAM, 0x10, thread(101), TRACE_END_OF_STACK);
    other = frame_in(LIBC, frame_in(LIBC, other, 0x41), 0x60);
    leaf(frame(other, 0x52), "write", 1, 1);
    leaf(begin_exit(start), "close", 1, 1);
    scope();
    assert_tree(0, "main a.c:2\n"
                   "  ? libc.so.6+60\n"
                   "    late a.c:7\n"
                   "      write x1 1\n"
                   "after main x1 1\n"
                   "  ? libc.so.6+60\n"
                   "    ? libc.so.6+61\n"
                   "      close x1 1\n");
    ck_assert(!process->threads[1].top->first_child->is_phase);
}
END_TEST

START_TEST(what_main_has_jumped_to_is_below_it)
{
    name(0x30, "real_main", "a.c", 3);
    leaf(frame(begin_program(), 0x30), "read", 2, 2);
    scope();
    ck_assert(!process->is_root_implied);
    ck_assert(process->root_found);
    assert_tree(0, "main jumps\n"
                   "  real_main a.c:3\n"
                   "    read x2 2\n");
}
END_TEST

START_TEST(what_main_has_jumped_to_stands_beside_its_own_places)
{
    name(0x20, "main", "a.c", 2);
    name(0x30, "real_main", "a.c", 3);
    name(0x31, "real_main", "a.c", 4);
    uint32_t start = begin_program();
    leaf(frame(start, 0x20), "read", 1, 1);
    leaf(frame(start, 0x30), "read", 2, 2);
    leaf(frame(start, 0x31), "write", 3, 3);
    leaf(start, "pause", 1, 0);
    scope();
    assert_tree(0, "main a.c:2\n"
                   "  read x1 1\n"
                   "main jumps\n"
                   "  real_main a.c:3\n"
                   "    read x2 2\n"
                   "  real_main a.c:4\n"
                   "    write x3 3\n"
                   "  pause x1 0\n");
    ck_assert_uint_eq(process->outside_hits, 0);
    tree_with("main", false);
    ck_assert_uint_eq(process->outside_hits, 0);
}
END_TEST

START_TEST(where_the_start_code_gives_another_function_as_main_none_is_made_up)
{
    name(0x30, "real_main", "a.c", 3);
    leaf(frame(begin_program(), 0x30), "read", 2, 2);
    name_of_main = "begin";
    scope();
    ck_assert(process->is_root_implied);
    assert_tree(0, "real_main a.c:3\n"
                   "  read x2 2\n");
    name_of_main = NULL;
    scope();
    ck_assert(process->is_root_implied);
}
END_TEST

START_TEST(a_handler_of_exit_is_not_taken_for_main)
{
    name(0x30, "real_main", "a.c", 3);
    name(0x50, "at_exit", "a.c", 5);
    uint32_t start = begin_program();
    leaf(frame(start, 0x30), "read", 2, 2);
    uint32_t at_end = frame_in(LIBC, nodes[start].caller, 0x46);
    leaf(frame(frame_in(LIBC, frame_in(LIBC, at_end, 0x43), 0x44), 0x50), "write", 1, 1);
    scope();
    assert_tree(0, "main jumps\n"
                   "  real_main a.c:3\n"
                   "    read x2 2\n");
    ck_assert_uint_eq(process->outside_hits, 1);
}
END_TEST

START_TEST(a_constructor_is_not_taken_for_main)
{
    name(0x20, "main", "a.c", 2);
    name(0x50, "constructor", "a.c", 5);
    uint32_t start = begin_program();
    uint32_t before = frame_in(LIBC, frame_in(LIBC, 0, 0x41), 0x43);
    leaf(frame(before, 0x50), "write", 1, 1);
    scope();
    ck_assert(!process->root_found);
    leaf(frame(start, 0x20), "read", 2, 2);
    scope();
    ck_assert_uint_eq(process->outside_hits, 1);
}
END_TEST

START_TEST(what_calls_main_in_its_place_is_not_taken_for_it)
{
    name(0x20, "main", "a.c", 2);
    name(0x30, "wrapper", "w.c", 3);
    uint32_t wrapper = frame(begin_program(), 0x30);
    leaf(wrapper, "write", 1, 1);
    leaf(frame(wrapper, 0x20), "read", 2, 2);
    scope();
    assert_tree(0, "main a.c:2\n"
                   "  read x2 2\n");
    ck_assert_uint_eq(process->outside_hits, 1);
}
END_TEST

START_TEST(what_a_root_has_jumped_to_is_below_it)
{
    name(0x20, "main", "a.c", 2);
    name(0x21, "main", "a.c", 3);
    name(0x30, "handle", "a.c", 5);
    name(0x31, "store", "a.c", 6);
    calls(0x20, "handle");
    uint32_t at = frame(SNAPSHOT_NONE, 0x20);
    leaf(frame(at, 0x30), "read", 1, 1);
    leaf(frame(at, 0x31), "write", 2, 2);
    leaf(at, "pause", 1, 0);
    leaf(frame(frame(SNAPSHOT_NONE, 0x21), 0x31), "write", 4, 4);
    tree_with("handle", false);
    assert_tree(0, "handle a.c:5\n"
                   "  read x1 1\n"
                   "handle jumps\n"
                   "  store a.c:6\n"
                   "    write x2 2\n"
                   "  pause x1 0\n");
    ck_assert_uint_eq(process->outside_hits, 4);
}
END_TEST

START_TEST(a_root_that_is_a_leaf_is_not_above_itself)
{
    name(0x20, "main", "a.c", 2);
    calls(0x20, "read");
    leaf(frame(SNAPSHOT_NONE, 0x20), "read", 1, 1);
    tree_with("read", false);
    ck_assert(!process->root_found);
}
END_TEST

START_TEST(a_root_that_was_called_by_another_name_is_the_root)
{
    name(0x20, "main", "a.c", 2);
    name(0x30, "folded", "a.c", 5);
    calls(0x20, "handle");
    call_table[0].inside = 0x30;
    leaf(frame(frame(SNAPSHOT_NONE, 0x20), 0x30), "read", 1, 1);
    tree_with("handle", false);
    assert_tree(0, "folded a.c:5\n"
                   "  read x1 1\n");
}
END_TEST

START_TEST(a_root_that_was_folded_into_another_function_is_met)
{
    name(0x20, "main", "a.c", 2);
    name(0x30, "folded", "a.c", 5);
    calls(0, "handle");
    call_table[0].inside = 0x30;
    leaf(frame(frame(SNAPSHOT_NONE, 0x20), 0x30), "read", 1, 1);
    tree_with("handle", false);
    assert_tree(0, "folded a.c:5\n"
                   "  read x1 1\n");
}
END_TEST

START_TEST(a_signal_handler_is_not_what_the_interrupted_has_called)
{
    name(0x20, "main", "a.c", 2);
    name(0x30, "handler", "a.c", 5);
    calls(0x20, "handle");
    uint32_t at = frame(SNAPSHOT_NONE, 0x20);
    nodes[at].kind = SNAPSHOT_INTERRUPTED;
    leaf(frame(at, 0x30), "read", 1, 1);
    tree_with("handle", false);
    ck_assert(!process->root_found);
}
END_TEST

START_TEST(a_function_that_has_jumped_on_stands_between_its_caller_and_what_it_has_reached)
{
    name(0x20, "main", "a.c", 2);
    name(0x30, "handle", "a.c", 5);
    name(0x31, "store", "a.c", 6);
    calls_at(0x20, "handle", SYMBOL_HOME_HERE);
    uint32_t at = frame(SNAPSHOT_NONE, 0x20);
    leaf(frame(at, 0x30), "read", 1, 1);
    leaf(frame(at, 0x31), "write", 2, 2);
    leaf(at, "pause", 1, 0);
    scope();
    assert_tree(0, "main a.c:2\n"
                   "  handle a.c:5\n"
                   "    read x1 1\n"
                   "  handle jumps\n"
                   "    store a.c:6\n"
                   "      write x2 2\n"
                   "    pause x1 0\n");
    const struct tree_node *jumped = process->threads[0].top->first_child->last_child;
    ck_assert_str_eq(jumped->file, "a.c");
    ck_assert_int_eq(jumped->line, 2);
    ck_assert_str_eq(jumped->module, "prog");
    ck_assert_uint_eq(process->outside_hits, 0);
}
END_TEST

START_TEST(what_is_in_the_body_of_a_leaf_stays_below_it_after_a_jump)
{
    name(0x20, "main", "a.c", 2);
    calls_at(0x20, "handle", SYMBOL_HOME_ELSEWHERE);
    uint32_t at = frame(SNAPSHOT_NONE, 0x20);
    leaf(at, "poll", 1, 9);
    uint32_t body = frame_in(LIBC, at, 0x40);
    nodes[body].within = "poll";
    leaf(body, "read", 1, 8);
    scope();
    assert_tree(0, "main a.c:2\n"
                   "  handle jumps\n"
                   "    poll x1 9\n"
                   "      ? libc.so.6+40\n"
                   "        read x1 8\n");
    ck_assert_ptr_null(process->threads[0].top->first_child->first_child->module);
}
END_TEST

START_TEST(nothing_is_made_up_where_the_called_function_is_not_certain)
{
    name(0x20, "main", "a.c", 2);
    name(0x31, "store", "a.c", 6);
    calls_at(0x20, "handle", SYMBOL_HOME_UNKNOWN);
    leaf(frame(frame(SNAPSHOT_NONE, 0x20), 0x31), "write", 2, 2);
    static const char plain[] = "main a.c:2\n"
                                "  store a.c:6\n"
                                "    write x2 2\n";
    scope();
    assert_tree(0, plain);
    call_table[0].home = SYMBOL_HOME_HERE;
    nodes[1].flags = TRACE_BY_FRAME_POINTER;
    scope();
    assert_tree(0, plain);
    nodes[1].flags = 0;
    nodes[1].module = LOADER; /* it looks for the function */
    scope();
    assert_tree(0, plain);
    nodes[1].module = OURS;
    scope();
    assert_tree(0, "main a.c:2\n"
                   "  write x2 2\n");
    nodes[1].module = PROGRAM;
    nodes[0].kind = SNAPSHOT_INTERRUPTED;
    scope();
    assert_tree(0, plain);
    nodes[0].kind = SNAPSHOT_FRAME;
    nodes[1].address = 0x99; /* of no known function */
    scope();
    assert_tree(0, "main a.c:2\n"
                   "  ? prog+99\n"
                   "    write x2 2\n");
}
END_TEST

START_TEST(a_leaf_that_may_be_what_was_called_has_no_function_above_it)
{
    name(0x20, "main", "a.c", 2);
    static const char plain[] = "main a.c:2\n"
                                "  read x1 1\n";
    calls_at(0x20, "__read_chk", SYMBOL_HOME_C_LIBRARY);
    leaf(frame(SNAPSHOT_NONE, 0x20), "read", 1, 1);
    scope();
    assert_tree(0, plain);
    call_table[0].home = SYMBOL_HOME_HERE;
    call_table[0].has_aliases = true;
    scope();
    assert_tree(0, plain);
    call_table[0].has_aliases = false;
    call_table[0].name = "read";
    scope();
    assert_tree(0, plain);
    call_table[0].name = "fetch";
    scope();
    assert_tree(0, "main a.c:2\n"
                   "  fetch jumps\n"
                   "    read x1 1\n");
    nodes[0].module = LIBC; /* it has called one of its own */
    scope();
    assert_tree(0, "main a.c:2\n"
                   "  read x1 1\n");
}
END_TEST

START_TEST(calls_at_several_places_have_a_jump_each)
{
    enum { PLACES = 1000 };
    made_up = true;
    name(1, "main", "a.c", 2);
    calls_at(1, "handle", SYMBOL_HOME_HERE);
    uint32_t at = frame(SNAPSHOT_NONE, 1);
    for (uint64_t i = 2; i < PLACES; i++)
        leaf(frame(at, i), i % 2 ? "read" : "write", 1, 1);
    name(2, "store", "a.c", 3);
    name(PLACES - 1, "store", "a.c", 4);
    scope();
    const struct tree_node *main_node = process->threads[0].top->first_child;
    const struct tree_node *jumped = main_node->first_child;
    ck_assert(jumped->is_gone);
    ck_assert_int_eq(jumped->first_child->line, 3);
    ck_assert_int_eq(jumped->last_child->line, 4);
    ck_assert_ptr_eq(jumped->first_child->next_sibling, jumped->last_child);
    ck_assert(!main_node->last_child->is_gone);
}
END_TEST

/* To read its debugging information takes long. */
START_TEST(libc_is_not_read_for_what_is_not_shown)
{
    enum { START, FIRST, EXIT, INSIDE, MAIN };
    name(0x11, "__libc_start_main", NULL, 0);
    name(0x12, "__libc_start_call_main", NULL, 0);
    name(0x60, "exit", NULL, 0);
    name(0x61, "nanosleep", NULL, 0);
    name(0x20, "main", "a.c", 2);
    uint32_t at = frame(SNAPSHOT_NONE, 0x10);
    uint32_t in_main = frame(frame_in(LIBC, frame_in(LIBC, at, 0x11), 0x12), 0x20);
    leaf(in_main, "nanosleep", 2, 9);
    uint32_t inside = frame_in(LIBC, in_main, 0x61);
    nodes[inside].within = "nanosleep";
    leaf(inside, "clock_nanosleep", 2, 8);
    scope();
    ck_assert(table[MAIN].was_looked_up);
    for (int i = START; i < MAIN; i++)
        ck_assert(!table[i].was_looked_up);
    leaf(frame_in(LIBC, in_main, 0x60), "write", 1, 1);
    scope();
    ck_assert(table[EXIT].was_looked_up && !table[START].was_looked_up);
    tree_with("__libc_start_call_main", false);
    ck_assert(table[FIRST].was_looked_up && process->root_found);
}
END_TEST

START_TEST(a_thread_of_nothing_but_start_code_is_shown_whole)
{
    name(0x20, "main", "a.c", 2);
    name(0x41, "clone3", NULL, 0);
    name(0x42, "start_thread", NULL, 0);
    name(0x50, "worker", "a.c", 5);
    leaf(frame(SNAPSHOT_NONE, 0x20), "read", 1, 1);
    uint32_t start = outermost(LIBC, 0x41, thread(101), TRACE_END_OF_STACK);
    start = frame_in(LIBC, start, 0x42);
    leaf(frame(start, 0x50), "write", 1, 1);
    leaf(start, "futex", 1, 1);
    scope();
    assert_tree(1, "clone3 libc.so.6+41\n"
                   "  start_thread libc.so.6+42\n"
                   "    futex x1 1\n"
                   "worker a.c:5\n"
                   "  write x1 1\n");
}
END_TEST

START_TEST(an_explicit_root_leaves_other_threads_out_unless_they_meet_it)
{
    name(0x20, "main", "a.c", 2);
    name(0x30, "serve", "a.c", 3);
    name(0x50, "worker", "a.c", 5);
    leaf(frame(frame(SNAPSHOT_NONE, 0x20), 0x30), "read", 1, 1);
    uint32_t in = thread(101);
    leaf(outermost(PROGRAM, 0x50, in, TRACE_END_OF_STACK), "write", 2, 2);
    uint32_t at = frame(outermost(PROGRAM, 0x51, in, TRACE_END_OF_STACK), 0x30);
    leaf(at, "read", 3, 3);
    tree_with("serve", false);
    assert_tree(0, "serve a.c:3\n"
                   "  read x1 1\n");
    assert_tree(1, "serve a.c:3\n"
                   "  read x3 3\n");
    ck_assert(process->threads[1].has_root);
    ck_assert_uint_eq(process->threads[1].outside_hits, 2);
    ck_assert_uint_eq(process->outside_hits, 2);
}
END_TEST

START_TEST(a_path_whose_callers_are_unknown_may_lie_below_main_and_is_shown)
{
    name(0x20, "main", "a.c", 2);
    name(0x30, "deep", "a.c", 3);
    name(0x40, "lost", "a.c", 4);
    leaf(frame(SNAPSHOT_NONE, 0x20), "read", 1, 1);
    leaf(outermost(PROGRAM, 0x30, 0, TRACE_CUT), "read", 2, 2);
    leaf(outermost(PROGRAM, 0x40, 0, TRACE_LOST_TRACK | TRACE_BY_FRAME_POINTER), "read", 3, 3);
    leaf(outermost(LOADER, 0x60, 0, TRACE_LOST_TRACK), "open", 4, 4);
    scope();
    assert_tree(0, "main a.c:2\n"
                   "  read x1 1\n"
                   "deep a.c:3\n"
                   "  read x2 2\n"
                   "lost a.c:4\n"
                   "  read x3 3\n");
    const struct tree_node *main_node = process->threads[0].top->first_child;
    ck_assert_uint_eq(main_node->flags, 0);
    ck_assert_uint_eq(main_node->next_sibling->flags, TRACE_CUT);
    ck_assert_uint_eq(
        main_node->next_sibling->next_sibling->flags, TRACE_LOST_TRACK | TRACE_BY_FRAME_POINTER);
    ck_assert_uint_eq(process->outside_hits, 4); /* in the dynamic linker, before main */

    tree_with("main", false);
    assert_tree(0, "main a.c:2\n"
                   "  read x1 1\n");
    ck_assert_uint_eq(process->outside_hits, 9);
}
END_TEST

START_TEST(a_leaf_without_any_frame_is_shown_at_the_top)
{
    name(0x20, "main", "a.c", 2);
    leaf(frame(SNAPSHOT_NONE, 0x20), "read", 1, 1);
    leaf(SNAPSHOT_NONE, "write", 2, 2);
    scope();
    assert_tree(0, "main a.c:2\n"
                   "  read x1 1\n"
                   "write x2 2\n");
    ck_assert_uint_eq(process->threads[0].top->last_child->flags, TRACE_LOST_TRACK);
}
END_TEST

START_TEST(the_main_thread_comes_first_whenever_it_hits)
{
    name(0x20, "main", "a.c", 2);
    threads[0].tid = 103;
    uint32_t second = thread(102), main_thread = thread(100), last = thread(101);
    leaf(outermost(PROGRAM, 0x50, 0, TRACE_END_OF_STACK), "a", 1, 1);
    leaf(outermost(PROGRAM, 0x51, second, TRACE_END_OF_STACK), "b", 1, 1);
    leaf(outermost(PROGRAM, 0x20, main_thread, TRACE_END_OF_STACK), "c", 1, 1);
    leaf(outermost(PROGRAM, 0x53, last, TRACE_END_OF_STACK), "d", 1, 1);
    scope();
    int tids[] = {100, 103, 102, 101};
    for (size_t i = 0; i < 4; i++)
        ck_assert_int_eq(process->threads[i].tid, tids[i]);
    ck_assert(process->threads[0].is_main);
    assert_tree(0, "main a.c:2\n  c x1 1\n");
    assert_tree(1, "? prog+50\n  a x1 1\n");
    assert_tree(3, "? prog+53\n  d x1 1\n");
}
END_TEST

START_TEST(nodes_of_threads_may_be_recorded_in_turn)
{
    name(0x20, "main", "a.c", 2);
    uint32_t second = thread(101);
    uint32_t here = frame(SNAPSHOT_NONE, 0x20), there = outermost(PROGRAM, 0x50, second, 0);
    leaf(here, "read", 1, 1);
    leaf(there, "write", 1, 2);
    leaf(frame(here, 0x30), "poll", 1, 3);
    leaf(frame(there, 0x31), "send", 1, 4);
    scope();
    assert_tree(0, "main a.c:2\n"
                   "  read x1 1\n"
                   "  ? prog+30\n"
                   "    poll x1 3\n");
    assert_tree(1, "? prog+50\n"
                   "  write x1 2\n"
                   "  ? prog+31\n"
                   "    send x1 4\n");
}
END_TEST

START_TEST(a_forked_child_is_shown_below_main_too)
{
    snapshot.forked = true;
    name(0x20, "main", "a.c", 2);
    leaf(frame(SNAPSHOT_NONE, 0x20), "read", 1, 1);
    scope();
    ck_assert(process->forked);
    assert_tree(0, "main a.c:2\n"
                   "  read x1 1\n");
}
END_TEST

START_TEST(the_head_of_the_snapshot_is_taken_over)
{
    snapshot.malformed = 3;
    snapshot.losses[1] = 5;
    snapshot.taken_ns = 77;
    scope();
    ck_assert_uint_eq(process->malformed, 3);
    ck_assert_uint_eq(process->losses[1], 5);
    ck_assert_uint_eq(process->taken_ns, 77);
    ck_assert_int_eq(process->parent_pid, 1);
    ck_assert_str_eq(process->program, "/bin/prog");
    ck_assert_uint_eq(process->thread_count, 1);
    ck_assert_ptr_nonnull(process->threads[0].top);
    ck_assert_uint_eq(process->node_count, 0);
}
END_TEST

START_TEST(calls_without_a_time_are_added_up_by_leaf)
{
    static const char *const names[] = {"a", "b", "a", "c", "d", "e", "f", "g", "h", "i", "j", "a"};
    struct snapshot_untimed untimed[12];
    for (size_t i = 0; i < 12; i++)
        untimed[i] = (struct snapshot_untimed){names[i], i + 1};
    snapshot.untimed = untimed;
    snapshot.untimed_count = 12;
    snapshot.unseen_calls = 4;
    scope();
    ck_assert_str_eq(process->untimed[0].leaf, "a");
    ck_assert_uint_eq(process->untimed[0].calls, 1 + 3 + 12);
    ck_assert_str_eq(process->untimed[TREE_UNTIMED - 1].leaf, "h");
    ck_assert_uint_eq(process->others_untimed, 10 + 11);
    ck_assert_uint_eq(process->unseen_calls, 4);
}
END_TEST

/* ---- totals ---- */

/* A frame in libc that is the inside of a leaf. */
static uint32_t within(const char *leaf_name, uint32_t caller, uint64_t address)
{
    uint32_t index = frame_in(LIBC, caller, address);
    nodes[index].within = leaf_name;
    return index;
}

START_TEST(a_leaf_within_a_leaf_hangs_below_it)
{
    name(0x20, "main", "a.c", 2);
    name(0x30, "_IO_fgets", NULL, 0);
    name(0x31, "underflow", NULL, 0);
    name(0x40, "work", "a.c", 4);
    uint32_t at = frame(SNAPSHOT_NONE, 0x20);
    leaf(at, "fgets", 1, 100);
    leaf(frame_in(LIBC, within("fgets", at, 0x30), 0x31), "read", 10, 90);
    leaf(frame(at, 0x40), "read", 1, 5);
    scope();
    assert_tree(0, "main a.c:2\n"
                   "  fgets x1 100\n"
                   "    _IO_fgets libc.so.6+30\n"
                   "      underflow libc.so.6+31\n"
                   "        read x10 90\n"
                   "  work a.c:4\n"
                   "    read x1 5\n");
    ck_assert_uint_eq(process->threads[0].total_ns, 105);
    ck_assert_uint_eq(process->hits, 12);
}
END_TEST

START_TEST(the_same_function_called_as_no_leaf_hangs_beside_it)
{
    name(0x20, "main", "a.c", 2);
    name(0x30, "fgets", NULL, 0);
    uint32_t at = frame(SNAPSHOT_NONE, 0x20);
    leaf(at, "fgets", 1, 100);
    leaf(frame_in(LIBC, at, 0x30), "read", 1, 7);
    scope();
    assert_tree(0, "main a.c:2\n"
                   "  fgets x1 100\n"
                   "  fgets libc.so.6+30\n"
                   "    read x1 7\n");
    ck_assert_uint_eq(process->threads[0].total_ns, 107);
}
END_TEST

START_TEST(the_inside_of_a_leaf_without_a_hit_hangs_on_the_caller)
{
    name(0x20, "main", "a.c", 2);
    name(0x30, "fgets", NULL, 0);
    uint32_t at = frame(SNAPSHOT_NONE, 0x20);
    leaf(within("fgets", at, 0x30), "read", 1, 7);
    scope();
    assert_tree(0, "main a.c:2\n"
                   "  fgets libc.so.6+30\n"
                   "    read x1 7\n");
}
END_TEST

START_TEST(a_root_within_a_leaf_is_where_the_tree_begins)
{
    name(0x20, "main", "a.c", 2);
    name(0x30, "fgets", NULL, 0);
    uint32_t at = frame(SNAPSHOT_NONE, 0x20);
    leaf(at, "fgets", 1, 100);
    leaf(within("fgets", at, 0x30), "read", 1, 7);
    tree_with("fgets", false);
    assert_tree(0, "fgets libc.so.6+30\n"
                   "  read x1 7\n");
    ck_assert_uint_eq(process->outside_hits, 1);
}
END_TEST

START_TEST(a_leaf_that_another_has_jumped_to_hangs_below_it)
{
    name(0x20, "main", "a.c", 2);
    uint32_t at = frame(SNAPSHOT_NONE, 0x20);
    leaf(at, "wait3", 2, 100);
    leaf(at, "wait4", 2, 90);
    latest()->within = "wait3";
    leaf(at, "wait4", 1, 7);
    scope();
    assert_tree(0, "main a.c:2\n"
                   "  wait3 x2 100\n"
                   "    wait4 x2 90\n"
                   "  wait4 x1 7\n");
    ck_assert_uint_eq(process->threads[0].total_ns, 107);
}
END_TEST

START_TEST(leaves_that_are_how_another_works_are_left_out)
{
    name(0x20, "main", "a.c", 2);
    name(0x30, "usleep", NULL, 0);
    name(0x31, "nanosleep", NULL, 0);
    uint32_t at = frame(SNAPSHOT_NONE, 0x20);
    leaf(at, "usleep", 3, 100);
    uint32_t body = within("usleep", at, 0x30);
    leaf(body, "nanosleep", 3, 98);
    leaf(within("nanosleep", body, 0x31), "clock_nanosleep", 3, 96);
    scope();
    assert_tree(0, "main a.c:2\n"
                   "  usleep x3 100\n");
    ck_assert_uint_eq(process->hits, 3);
    ck_assert_uint_eq(process->leaf_count, 1);
}
END_TEST

START_TEST(what_a_leaf_does_not_do_each_time_or_was_asked_for_stays)
{
    name(0x20, "main", "a.c", 2);
    name(0x30, "usleep", NULL, 0);
    name(0x31, "inner", NULL, 0);
    uint32_t at = frame(SNAPSHOT_NONE, 0x20);
    leaf(at, "usleep", 3, 100);
    uint32_t body = within("usleep", at, 0x30);
    leaf(body, "nanosleep", 2, 50);
    leaf(body, "read", 3, 20);
    leaf(frame_in(LIBC, body, 0x31), "clock_nanosleep", 3, 10);
    scope();
    assert_tree(0, "main a.c:2\n"
                   "  usleep x3 100\n"
                   "    usleep libc.so.6+30\n"
                   "      nanosleep x2 50\n"
                   "      read x3 20\n"
                   "      inner libc.so.6+31\n"
                   "        clock_nanosleep x3 10\n");
    ck_assert_uint_eq(process->hits, 11);
}
END_TEST

START_TEST(a_leaf_whose_time_is_not_known_covers_nothing)
{
    name(0x20, "main", "a.c", 2);
    name(0x30, "fgets", NULL, 0);
    uint32_t at = frame(SNAPSHOT_NONE, 0x20);
    leaf(at, "fgets", 1, 0)->returns = 0;
    leaf(within("fgets", at, 0x30), "read", 10, 90);
    scope();
    ck_assert_uint_eq(process->threads[0].total_ns, 90);
}
END_TEST

/* ---- size ---- */

static double seconds_of_scope(void)
{
    struct timespec from, to;
    clock_gettime(CLOCK_MONOTONIC, &from);
    scope();
    clock_gettime(CLOCK_MONOTONIC, &to);
    return (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9;
}

START_TEST(a_path_of_100000_frames_is_no_deeper_for_the_tool)
{
    name(0x20, "main", "a.c", 2);
    made_up = true;
    uint32_t at = frame(SNAPSHOT_NONE, 0x20);
    for (int i = 0; i < 100000; i++) {
        at = frame(at, 0x1000 + (uint64_t)i);
        leaf(at, "read", 1, 1);
    }
    ck_assert_double_lt(seconds_of_scope(), 2);
    ck_assert_uint_eq(process->node_count, 200001);
    ck_assert_uint_eq(process->threads[0].total_ns, 100000);
}
END_TEST

START_TEST(a_parent_of_100000_children_is_not_searched_one_by_one)
{
    name(0x20, "main", "a.c", 2);
    uint32_t at = frame(SNAPSHOT_NONE, 0x20);
    for (int pass = 0; pass < 2; pass++)
        for (int i = 0; i < 100000; i++)
            leaf(frame(at, 0x1000 + (uint64_t)i), "read", 1, 1);
    ck_assert_double_lt(seconds_of_scope(), 2);
    ck_assert_uint_eq(process->node_count, 200001);
    ck_assert_uint_eq(process->hits, 200000);
}
END_TEST

/* ---- names ---- */

static const struct {
    const char *wanted, *function, *linkage_name;
    bool matches;
} names[] = {
    {"main", "main", NULL, true},
    {"main", NULL, "main", true},
    {"main", NULL, NULL, false},
    {"", "main", "main", false},
    {"mai", "main", "main", false},
    {"main", "domain", "domain", false},
    {"_ZN3net6acceptEi", "net::accept(int)", "_ZN3net6acceptEi", true},
    {"net::accept(int)", "net::accept(int)", NULL, true},
    {"net::accept", "net::accept(int)", NULL, true},
    {"accept", "net::accept(int)", NULL, true},
    {"fill", "app.Cache!(int).Cache.fill(int)", "_D3app", true},
    {"Cache.fill", "app.Cache!(int).Cache.fill(void(int))", "_D3app", true},
    {"ill", "app.Cache!(int).Cache.fill(int)", "_D3app", false},
    {"fill", "app.fill", "_D3app", false},
    {"fill", ")", "_D3app", false},
    {"net", "net::accept(int)", NULL, false},
    {"et::accept", "net::accept(int)", NULL, false},
    {"other::accept", "net::accept(int)", NULL, false},
    {"a::net::accept", "net::accept(int)", NULL, false},
    /* A list of parameters must be the whole one. */
    {"accept(int)", "net::accept(int)", NULL, false},
    {"net::accept(long)", "net::accept(int)", NULL, false},
    {"net::accept()", "net::accept(int)", NULL, false},
    /* Template arguments. */
    {"Server::accept", "net::Server<int>::accept(int)", NULL, true},
    {"Server<int>::accept", "net::Server<int>::accept(int)", NULL, true},
    {"Server<long>::accept", "net::Server<int>::accept(int)", NULL, false},
    {"std::vector<int>::push_back", "std::vector<int>::push_back(int&&)", NULL, true},
    {"push_back", "std::vector<std::pair<a::b, int>, std::allocator<int> >::push_back(int&&)", NULL,
        true},
    {"pair", "std::vector<std::pair<a::b, int> >::push_back(int&&)", NULL, false},
    {"twice", "int twice<int>(int)", NULL, true},
    {"ns::twice", "std::enable_if<((1)>(2)), int>::type ns::twice<int, (char)62>(int)", NULL, true},
    {"ns::twice", "std::enable_if<true, int>::type ns::twice<int>(int)", NULL, true},
    {"twice", "decltype ((f)({parm#1})) twice<int>(int)", NULL, true},
    {"call", "void call<std::function<void (int)> >(std::function<void (int)>)", NULL, true},
    {"tagged", "ns::tagged[abi:cxx11](int)", NULL, true},
    /* Operators. */
    {"operator()", "Fun::operator()(int) const", NULL, true},
    {"Fun::operator()", "ns::Fun::operator()(int) const", NULL, true},
    {"operator()(int)", "Fun::operator()(int) const", NULL, false},
    {"operator<", "operator<(A const&, A const&)", NULL, true},
    {"operator<", "bool ns::operator< <int>(A<int> const&, A<int> const&)", NULL, true},
    {"operator<", "operator<<(std::ostream&, A const&)", NULL, false},
    {"operator<<", "std::ostream& ns::operator<< <char>(std::ostream&)", NULL, true},
    {"operator<=>", "A::operator<=>(A const&) const", NULL, true},
    {"operator->", "Ptr<A>::operator->() const", NULL, true},
    {"Ptr::operator->", "ns::Ptr<A>::operator->() const", NULL, true},
    {"operator new[]", "operator new[](unsigned long)", NULL, true},
    {"operator new", "operator new[](unsigned long)", NULL, false},
    {"operator std::string", "A::operator std::string() const", NULL, true},
    {"A::operator std::string", "A::operator std::string() const", NULL, true},
    {"string", "A::operator std::string() const", NULL, false},
    {"A::operator bool", "A::operator bool() const", NULL, true},
    {"Foo::~Foo", "ns::Foo::~Foo()", NULL, true},
    {"~Foo", "ns::Foo::~Foo()", NULL, true},
    /* Anonymous namespaces, lambdas, and what is local to a function. */
    {"f", "(anonymous namespace)::f", NULL, true},
    {"f", "ns::(anonymous namespace)::f(int)", NULL, true},
    {"(anonymous namespace)::f", "(anonymous namespace)::f(int)", NULL, true},
    {"(anonymous namespace)::f", "ns::(anonymous namespace)::f(int)", NULL, true},
    {"main", "main::{lambda()#1}::operator()() const", NULL, false},
    {"operator()", "main::{lambda()#1}::operator()() const", NULL, true},
    {"main::{lambda()#1}::operator()", "main::{lambda()#1}::operator()() const", NULL, true},
    {"run", "run(int)::{lambda(int)#1}::operator()(int) const", NULL, false},
    {"run::{lambda(int)#1}::operator()", "run(int)::{lambda(int)#1}::operator()(int) const", NULL,
        true},
    {"Local::go", "ns::A::run(int) const::Local::go()", NULL, true},
    {"run", "ns::run(int) [clone .isra.0]", NULL, true},
    /* Rust. */
    {"poll", "mycrate::net::poll", NULL, true},
    {"net::poll", "mycrate::net::poll", NULL, true},
    {"mycrate::net::poll", "mycrate::net::poll", NULL, true},
    {"crate::net::poll", "mycrate::net::poll", NULL, false},
    {"method", "<T as Trait>::method", NULL, true},
    {"<T as Trait>::method", "<T as Trait>::method", NULL, true},
    {"Trait", "<T as Trait>::method", NULL, false},
    {"fmt", "<mycrate::Foo as core::fmt::Display>::fmt", NULL, true},
    {"poll", "mycrate::poll::<alloc::vec::Vec<u8>>", NULL, true},
    {"mycrate::poll", "mycrate::poll::<alloc::vec::Vec<u8>>", NULL, true},
    {"push", "<alloc::vec::Vec<fn(u8) -> u8>>::push", NULL, true},
    {"main", "mycrate::main::{{closure}}", NULL, false},
    {"{{closure}}", "mycrate::main::{{closure}}", NULL, true},
    /* What no demangler writes must only do no harm. */
    {"f", "f(", NULL, true},
    {"f", "f<", NULL, true},
    {"f", ">)]}f", NULL, false},
    {"f", "::f", NULL, true},
    {"f", "::", NULL, false},
    {"::", "f", NULL, false},
    {"f", "operator", NULL, false},
    {"operator", "operator ", NULL, false},
    {"f(", "f", NULL, false},
};

START_TEST(names_match_as_a_person_would_say)
{
    bool is_match = name_matches(names[_i].wanted, names[_i].function, names[_i].linkage_name);
    ck_assert_msg(is_match == names[_i].matches, "'%s' and '%s': %d", names[_i].wanted,
        names[_i].function ? names[_i].function : names[_i].linkage_name, is_match);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("scope");
    TCase *tests = tcase_create("scope");
    tcase_add_checked_fixture(tests, begin, finish);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, a_path_is_shown_from_main_to_its_leaf);
    tcase_add_test(tests, an_inlined_function_is_a_node_of_its_own);
    tcase_add_test(
        tests, a_return_address_is_looked_up_as_one_and_an_interrupted_instruction_is_not);
    tcase_add_test(tests, same_line_twice_is_one_node);
    tcase_add_test(tests, leaves_of_one_line_have_the_calls_of_all);
    tcase_add_test(tests, another_line_column_function_or_file_is_another_node);
    tcase_add_test(tests, without_lines_nodes_are_one_by_module_and_address);
    tcase_add_test(tests, an_interrupted_place_is_not_one_with_a_call_from_it);
    tcase_add_test(tests, siblings_stand_in_the_order_of_their_first_execution);
    tcase_add_test(tests, leaves_of_one_name_are_added_up);
    tcase_add_test(tests, frames_without_a_hit_below_are_not_shown);
    tcase_add_test(tests, the_frames_of_the_tool_itself_are_left_out);
    tcase_add_test(tests, sums_that_overflow_stay_at_the_largest_number);
    tcase_add_test(tests, hits_outside_of_the_root_are_counted_and_not_shown);
    tcase_add_test(tests, an_inlined_function_can_be_the_root);
    tcase_add_test(tests, several_call_sites_of_the_root_give_one_top);
    tcase_add_test(tests, of_a_recursive_root_the_outermost_is_the_top);
    tcase_add_test(tests, a_root_that_is_nowhere_gives_the_whole_tree);
    tcase_add_test(tests, a_root_above_nothing_but_empty_paths_was_not_met);
    tcase_add_test(tests, another_thread_is_shown_from_its_first_function_on);
    tcase_add_test(tests, libc_is_not_read_for_what_is_not_shown);
    tcase_add_test(tests, a_thread_of_nothing_but_start_code_is_shown_whole);
    tcase_add_test(tests, what_comes_before_and_after_main_stands_beside_it);
    tcase_add_test(tests, a_process_whose_main_has_no_hits_has_these_trees_too);
    tcase_add_test(tests, leaves_that_start_code_has_called_are_told_by_their_order);
    tcase_add_test(tests, the_call_of_exit_is_after_main_if_main_has_no_hits);
    tcase_add_test(tests, what_cannot_be_told_is_outside_of_main);
    tcase_add_test(tests, what_is_called_in_place_of_main_is_no_constructor);
    tcase_add_test(tests, other_threads_and_exits_within_main_have_no_phase);
    tcase_add_test(tests, what_main_has_jumped_to_is_below_it);
    tcase_add_test(tests, what_main_has_jumped_to_stands_beside_its_own_places);
    tcase_add_test(tests, a_handler_of_exit_is_not_taken_for_main);
    tcase_add_test(tests, where_the_start_code_gives_another_function_as_main_none_is_made_up);
    tcase_add_test(tests, a_constructor_is_not_taken_for_main);
    tcase_add_test(tests, what_calls_main_in_its_place_is_not_taken_for_it);
    tcase_add_test(tests, what_a_root_has_jumped_to_is_below_it);
    tcase_add_test(tests, a_root_that_is_a_leaf_is_not_above_itself);
    tcase_add_test(tests, a_root_that_was_called_by_another_name_is_the_root);
    tcase_add_test(tests, a_root_that_was_folded_into_another_function_is_met);
    tcase_add_test(tests, a_signal_handler_is_not_what_the_interrupted_has_called);
    tcase_add_test(
        tests, a_function_that_has_jumped_on_stands_between_its_caller_and_what_it_has_reached);
    tcase_add_test(tests, what_is_in_the_body_of_a_leaf_stays_below_it_after_a_jump);
    tcase_add_test(tests, nothing_is_made_up_where_the_called_function_is_not_certain);
    tcase_add_test(tests, a_leaf_that_may_be_what_was_called_has_no_function_above_it);
    tcase_add_test(tests, calls_at_several_places_have_a_jump_each);
    tcase_add_test(tests, an_explicit_root_leaves_other_threads_out_unless_they_meet_it);
    tcase_add_test(tests, a_path_whose_callers_are_unknown_may_lie_below_main_and_is_shown);
    tcase_add_test(tests, a_leaf_without_any_frame_is_shown_at_the_top);
    tcase_add_test(tests, the_main_thread_comes_first_whenever_it_hits);
    tcase_add_test(tests, nodes_of_threads_may_be_recorded_in_turn);
    tcase_add_test(tests, a_forked_child_is_shown_below_main_too);
    tcase_add_test(tests, the_head_of_the_snapshot_is_taken_over);
    tcase_add_test(tests, calls_without_a_time_are_added_up_by_leaf);
    tcase_add_test(tests, a_leaf_within_a_leaf_hangs_below_it);
    tcase_add_test(tests, the_same_function_called_as_no_leaf_hangs_beside_it);
    tcase_add_test(tests, the_inside_of_a_leaf_without_a_hit_hangs_on_the_caller);
    tcase_add_test(tests, a_leaf_that_another_has_jumped_to_hangs_below_it);
    tcase_add_test(tests, leaves_that_are_how_another_works_are_left_out);
    tcase_add_test(tests, what_a_leaf_does_not_do_each_time_or_was_asked_for_stays);
    tcase_add_test(tests, a_root_within_a_leaf_is_where_the_tree_begins);
    tcase_add_test(tests, a_leaf_whose_time_is_not_known_covers_nothing);
    tcase_add_test(tests, a_path_of_100000_frames_is_no_deeper_for_the_tool);
    tcase_add_test(tests, a_parent_of_100000_children_is_not_searched_one_by_one);
    tcase_add_loop_test(tests, names_match_as_a_person_would_say, 0, sizeof names / sizeof *names);
    suite_add_tcase(suite, tests);

    return suite_run(suite);
}
