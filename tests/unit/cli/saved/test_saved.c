/*
 * test_saved.c - a saved run is what it was, and a damaged file is refused.
 */
// needs: cli
#include "saved/saved.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../../../trace_builder.h"
#include "saved/layout.h"
#include "saved/parts.h"
#include "saved/writer.h"
#include "suite.h"
#include "symbols/facts.h"
#include "symbols/symbols.h"
#include "trace/file.h"
#include "trace/snapshot.h"

#define SIZE_MAX_HERE (1 << 20)

static struct trace_builder builder;
static struct snapshot *snapshots[2];
static struct saved saved, again;
static const struct saved_options options = {.limit = SIZE_MAX_HERE};
static const char *why;
static uint8_t bytes[SIZE_MAX_HERE];
static size_t size;

static const char *leaves[] = {"@wait", "read"};
static const char *words[] = {"/opt/x/prog", "--fast", ""};
static const char *implied[] = {"read"};
static struct saved_unhit unhit[] = {
    {"/opt/lib.so:operator/*", 3, true, false, true, "it is too short"},
    {"::nothing", 0, false, true, false, NULL}};
static struct saved_running running[] = {{77, "late"}};
static const struct symbol_frame frames[] = {
    {"main", "main", "/src/a.c", 7, 9, false}, {"f(int)", "_Z1fi", "/src/b.h", 3, 0, true}};
static const struct symbol_frame nameless = {0};
static const char *names[] = {"main", "also_main"};
static const struct symbol_facts facts[] = {{.address = 0xfff,
                                                .chain = {frames, 2},
                                                .has_called = true,
                                                .called = "_Z1gv",
                                                .home = SYMBOL_HOME_C_LIBRARY,
                                                .has_aliases = true},
    {.address = 0x2000,
        .chain = {&nameless, 1},
        .has_names = true,
        .names = names,
        .name_count = 2,
        .is_one_function = true,
        .has_call_of_main = true,
        .is_call_of_main = true},
    {.address = UINT64_MAX, .has_called = true}};

static struct snapshot *parse(void)
{
    struct snapshot *snapshot = NULL;
    ck_assert_int_eq(snapshot_parse(&builder, trace_size(&builder), &snapshot, &why), 0);
    return snapshot;
}

static trace_index find_record(uint32_t kind)
{
    trace_index i = TRACE_FIRST_RECORD;
    while (builder.records[i].kind != kind)
        i++;
    return i;
}

/* A process with all that can be recorded, and one that it executed. */
static void make_snapshots(void)
{
    trace_build_sample(&builder);
    struct trace_header *header = trace_header_of(&builder);
    header->losses[TRACE_LOSS_FULL] = 5;
    header->unhooked[1][0].count = 2;
    strcpy(header->unhooked[1][0].names[0], "poll");
    header->birth = UINT64_MAX;
    header->start_ns = 1000;
    trace_add_untraced(&builder, "/opt/x/static", TRACE_UNTRACED_STATIC, 4);
    trace_index name = trace_add_leaf_name(&builder, "poll");
    struct trace_node *leaf = trace_add_node(
        &builder, TRACE_LEAF, 0, name, trace_add_thread(&builder, 102, "third"));
    trace_add_durations(
        &builder, leaf, (uint32_t[TRACE_DURATION_BUCKETS]){[3] = UINT32_MAX, [25] = 1});
    trace_build_objects(&builder, find_record(TRACE_LEAF), find_record(TRACE_MODULE));
    trace_open_call(&builder, trace_add_open_block(&builder, 1), find_record(TRACE_LEAF),
        &builder.records[find_record(TRACE_OBJECT_CALLS)].object_calls, 6000);
    snapshots[0] = parse();
    ck_assert_int_eq(
        objects_name(&snapshots[0]->objects, &snapshots[0]->objects.list[2], "m", 8), 0);
    snapshots[0]->is_first = true;
    snapshots[0]->taken_ns = 0;
    strcpy(snapshots[0]->title, "prog: worker /secret");
    snapshots[0]->leaves[0].durations.is_longest_most = true;
    snapshots[0]->threads[1].ran_ns = 500;
    snapshots[0]->threads[1].cpu_ns = 300;
    snapshots[0]->usage = (struct process_usage){900, 800, 70, 6, true, false, 0};
    trace_begin(&builder);
    trace_header_of(&builder)->clock = TRACE_CLOCK_NONE;
    snapshots[1] = parse();
    snapshots[1]->former = snapshots[0];
    snapshots[1]->is_running = true;
    snapshots[1]->usage = (struct process_usage){.has_wait_status = true, .wait_status = 9};
}

static void add_values(struct snapshot *snapshot, uint32_t thread, uint32_t leaf)
{
    free(snapshot->values);
    free(snapshot->value_leaves);
    snapshot->values = calloc(3, sizeof *snapshot->values);
    snapshot->value_leaves = calloc(2, sizeof *snapshot->value_leaves);
    snapshot->value_leaves[0] = (struct snapshot_call_leaf){leaf, 5, 60};
    snapshot->value_leaves[1] = (struct snapshot_call_leaf){leaf, 7, UINT64_MAX};
    snapshot->values[0] = (struct snapshot_value){thread, SNAPSHOT_VALUE_SIGNED, UINT64_MAX,
        &snapshot->value_leaves[0], 1, 9, 8, 2, 700, 300, false, false};
    snapshot->values[1] = (struct snapshot_value){thread, SNAPSHOT_VALUE_POINTER, 0x7f00,
        &snapshot->value_leaves[1], 1, 1, 1, 0, 0, 0, false, true};
    snapshot->values[2] = (struct snapshot_value){thread, SNAPSHOT_VALUE_UNKNOWN, 0,
        snapshot->value_leaves + 2, 0, 4, 4, 0, 5, 4, true, false};
    snapshot->value_count = 3;
}

/* What snapshot_parse does not give without a longer trace. */
static void add_calls(struct snapshot *snapshot)
{
    uint32_t leaf = 0;
    while (snapshot->nodes[leaf].kind != SNAPSHOT_LEAF)
        leaf++;
    free(snapshot->calls);
    free(snapshot->call_leaves);
    snapshot->calls = calloc(2, sizeof *snapshot->calls);
    snapshot->call_leaves = calloc(2, sizeof *snapshot->call_leaves);
    snapshot->call_leaves[0] = (struct snapshot_call_leaf){leaf, 3, 40};
    snapshot->call_leaves[1] = (struct snapshot_call_leaf){leaf, 1, UINT64_MAX};
    uint32_t thread = snapshot->nodes[leaf].thread;
    snapshot->calls[0] = (struct snapshot_call){
        thread, &snapshot->call_leaves[0], 1, 9, 100, 50, 2, 1200, false, true, false};
    snapshot->calls[1] = (struct snapshot_call){
        thread, &snapshot->call_leaves[1], 1, 1, 0, 0, 0, 1300, true, false, true};
    snapshot->call_count = 2;
    add_values(snapshot, thread, leaf);
    snapshot->nodes[leaf].within = "poll";
    snapshot->leaves[0].entered_ns = 1001;
    free(snapshot->untimed);
    snapshot->untimed = calloc(1, sizeof *snapshot->untimed);
    snapshot->untimed[0] = (struct snapshot_untimed){"read", 6};
    snapshot->untimed_count = 1;
}

static void begin(void)
{
    make_snapshots();
    add_calls(snapshots[0]);
    saved = (struct saved){.run = {.version = "9.8",
                               .machine = "pdp11",
                               .root = "serve",
                               .each = 7,
                               .is_innermost = true,
                               .by = "tenant",
                               .leaves = leaves,
                               .leaf_count = 2,
                               .command = words,
                               .word_count = 3,
                               .begun_ns = 5,
                               .has_duration = true,
                               .duration_ns = 6,
                               .has_status = true,
                               .status = 256,
                               .tool = 99,
                               .program = 100,
                               .hits = UINT64_MAX,
                               .process_count = 2,
                               .untraced_count = 1,
                               .is_running = true,
                               .is_period = true},
        .snapshots = snapshots,
        .snapshot_count = 2,
        .symbols = symbols_create(),
        .unhit = unhit,
        .unhit_count = 2,
        .implied = implied,
        .implied_count = 1,
        .running = running,
        .running_count = 1};
    struct symbol_file_facts file = {.path = snapshots[0]->modules[0].path,
        .identity = snapshots[0]->modules[0].identity,
        .has_main = true,
        .main = "main",
        .list = facts,
        .count = 3};
    ck_assert(symbols_give(saved.symbols, &file));
    struct symbol_file_facts gone = {
        .path = "/gone", .identity = {.inode = 3}, .problem = "no such file"};
    ck_assert(symbols_give(saved.symbols, &gone));
    again = (struct saved){0};
}

static void finish(void)
{
    saved_finish(&again);
    symbols_destroy(saved.symbols);
    snapshot_destroy(snapshots[1]);
    snapshot_destroy(snapshots[0]);
}

static void write_it(const struct saved *what, const struct saved_options *how)
{
    int fd = memfd_create("saved", 0);
    ck_assert_int_eq(saved_write(fd, what, how), 0);
    ssize_t got = pread(fd, bytes, sizeof bytes, 0);
    ck_assert_int_gt(got, 0);
    size = (size_t)got;
    close(fd);
}

/* Reads the first `count` of the bytes. */
static int read_it(size_t count)
{
    int fd = memfd_create("saved", 0);
    ck_assert_int_eq(write(fd, bytes, count), (ssize_t)count);
    lseek(fd, 0, SEEK_SET);
    saved_finish(&again);
    why = NULL;
    int error = saved_read(fd, &again, &why);
    close(fd);
    ck_assert((error == 0) == (why == NULL));
    return error;
}

static void assert_refused(size_t count, const char *reason)
{
    ck_assert_int_ne(read_it(count), 0);
    ck_assert_ptr_nonnull(strstr(why, reason));
    ck_assert_ptr_null(again.memory);
}

/* Writes `saved` again from what was read: the same bytes. */
static void assert_same_bytes(void)
{
    uint8_t *first = malloc(size);
    size_t first_size = size;
    memcpy(first, bytes, size);
    write_it(&again, &options);
    ck_assert_uint_eq(size, first_size);
    ck_assert_mem_eq(bytes, first, size);
    free(first);
}

static void assert_same_node(const struct snapshot_node *a, const struct snapshot_node *b)
{
    ck_assert_int_eq(a->kind, b->kind);
    ck_assert_uint_eq(a->caller, b->caller);
    ck_assert_uint_eq(a->thread, b->thread);
    ck_assert_uint_eq(a->module, b->module);
    ck_assert_uint_eq(a->address, b->address); /* or its leaf */
    ck_assert_uint_eq(a->flags, b->flags);
    ck_assert_pstr_eq(a->within, b->within);
}

static void assert_same_histogram(const struct histogram *a, const struct histogram *b)
{
    ck_assert(a->bound_ps == b->bound_ps && a->longest_ns == b->longest_ns);
    ck_assert(a->is_full == b->is_full && a->first == b->first && a->size == b->size);
    ck_assert(a->is_longest_most == b->is_longest_most);
    for (size_t i = 0; i < a->size; i++)
        ck_assert_uint_eq(a->counts[i], b->counts[i]);
}

static void assert_same_leaf(const struct snapshot_leaf *a, const struct snapshot_leaf *b)
{
    ck_assert_str_eq(a->name, b->name);
    ck_assert_uint_eq(a->hits, b->hits);
    ck_assert_uint_eq(a->returns, b->returns);
    ck_assert_uint_eq(a->total_ns, b->total_ns);
    ck_assert_uint_eq(a->longest_ns, b->longest_ns);
    ck_assert_uint_eq(a->entered_ns, b->entered_ns);
    assert_same_histogram(&a->durations, &b->durations);
}

static void assert_same_call(const struct snapshot_call *a, const struct snapshot_call *b)
{
    ck_assert_uint_eq(a->thread, b->thread);
    ck_assert_uint_eq(a->count, b->count);
    ck_assert_uint_eq(a->total_ns, b->total_ns);
    ck_assert_uint_eq(a->longest_ns, b->longest_ns);
    ck_assert_uint_eq(a->jumped, b->jumped);
    ck_assert_uint_eq(a->entered_ns, b->entered_ns);
    ck_assert(a->is_open == b->is_open && a->is_rest == b->is_rest);
    ck_assert(a->is_incomplete == b->is_incomplete);
    ck_assert_uint_eq(a->leaf_count, b->leaf_count);
    for (size_t i = 0; i < a->leaf_count; i++)
        ck_assert(a->leaves[i].node == b->leaves[i].node &&
                  a->leaves[i].hits == b->leaves[i].hits &&
                  a->leaves[i].total_ns == b->leaves[i].total_ns);
}

static void assert_same_value(const struct snapshot_value *a, const struct snapshot_value *b)
{
    ck_assert(a->thread == b->thread && a->form == b->form && a->value == b->value);
    ck_assert_uint_eq(a->count, b->count);
    ck_assert_uint_eq(a->ended, b->ended);
    ck_assert_uint_eq(a->jumped, b->jumped);
    ck_assert_uint_eq(a->total_ns, b->total_ns);
    ck_assert_uint_eq(a->longest_ns, b->longest_ns);
    ck_assert(a->is_rest == b->is_rest && a->is_incomplete == b->is_incomplete);
    ck_assert_uint_eq(a->leaf_count, b->leaf_count);
    for (size_t i = 0; i < a->leaf_count; i++)
        ck_assert(a->leaves[i].node == b->leaves[i].node &&
                  a->leaves[i].hits == b->leaves[i].hits &&
                  a->leaves[i].total_ns == b->leaves[i].total_ns);
}

static void assert_same_object(const struct snapshot_object *a, const struct snapshot_object *b)
{
    ck_assert_uint_eq(a->type, b->type);
    ck_assert_uint_eq(a->module, b->module);
    ck_assert_pstr_eq(a->text, b->text);
    ck_assert_uint_eq(a->id, b->id);
    ck_assert_mem_eq(a->addresses, b->addresses, sizeof a->addresses);
    ck_assert_pstr_eq(a->variable, b->variable);
    ck_assert_uint_eq(a->offset, b->offset);
}

static void assert_same_objects(const struct objects *a, const struct objects *b)
{
    ck_assert_uint_eq(a->count, b->count);
    for (size_t i = 0; i < a->count; i++)
        assert_same_object(&a->list[i], &b->list[i]);
    ck_assert_uint_eq(a->waker_count, b->waker_count);
    for (size_t i = 0; i < a->waker_count; i++) {
        ck_assert_str_eq(a->wakers[i].name, b->wakers[i].name);
        ck_assert_uint_eq(a->wakers[i].caller, b->wakers[i].caller);
    }
    ck_assert_uint_eq(a->call_count, b->call_count);
    if (a->call_count > 0)
        ck_assert_mem_eq(a->calls, b->calls, a->call_count * sizeof *a->calls);
}

static void assert_same_lists(const struct snapshot *a, const struct snapshot *b)
{
    ck_assert_uint_eq(a->module_count, b->module_count);
    for (size_t i = 0; i < a->module_count; i++) {
        ck_assert_str_eq(a->modules[i].path, b->modules[i].path);
        ck_assert_mem_eq(
            &a->modules[i].identity, &b->modules[i].identity, sizeof a->modules[i].identity);
    }
    ck_assert_uint_eq(a->thread_count, b->thread_count);
    for (size_t i = 0; i < a->thread_count; i++) {
        ck_assert_int_eq(a->threads[i].tid, b->threads[i].tid);
        ck_assert_str_eq(a->threads[i].name, b->threads[i].name);
        ck_assert_uint_eq(a->threads[i].first_ns, b->threads[i].first_ns);
        ck_assert_uint_eq(a->threads[i].successors, b->threads[i].successors);
        ck_assert_uint_eq(a->threads[i].ran_ns, b->threads[i].ran_ns);
        ck_assert_uint_eq(a->threads[i].cpu_ns, b->threads[i].cpu_ns);
    }
    ck_assert_uint_eq(a->node_count, b->node_count);
    for (size_t i = 0; i < a->node_count; i++)
        assert_same_node(&a->nodes[i], &b->nodes[i]);
    ck_assert_uint_eq(a->leaf_count, b->leaf_count);
    for (size_t i = 0; i < a->leaf_count; i++)
        assert_same_leaf(&a->leaves[i], &b->leaves[i]);
    ck_assert_uint_eq(a->call_count, b->call_count);
    for (size_t i = 0; i < a->call_count; i++)
        assert_same_call(&a->calls[i], &b->calls[i]);
    ck_assert_uint_eq(a->value_count, b->value_count);
    for (size_t i = 0; i < a->value_count; i++)
        assert_same_value(&a->values[i], &b->values[i]);
    ck_assert_uint_eq(a->untimed_count, b->untimed_count);
    for (size_t i = 0; i < a->untimed_count; i++)
        ck_assert(strcmp(a->untimed[i].leaf, b->untimed[i].leaf) == 0 &&
                  a->untimed[i].calls == b->untimed[i].calls);
    ck_assert_uint_eq(a->untraced_count, b->untraced_count);
    for (size_t i = 0; i < a->untraced_count; i++)
        ck_assert(strcmp(a->untraced[i].path, b->untraced[i].path) == 0 &&
                  a->untraced[i].reason == b->untraced[i].reason &&
                  a->untraced[i].count == b->untraced[i].count);
}

static void assert_same_snapshot(const struct snapshot *a, const struct snapshot *b)
{
    ck_assert(a->pid == b->pid && a->parent_pid == b->parent_pid && a->forked == b->forked);
    ck_assert(a->has_times == b->has_times && a->is_first == b->is_first);
    ck_assert(a->is_running == b->is_running && a->has_clock_stopped == b->has_clock_stopped);
    ck_assert(a->has_missed_libraries == b->has_missed_libraries);
    ck_assert(a->has_unmapped == b->has_unmapped && a->birth == b->birth);
    ck_assert(a->start_ns == b->start_ns && a->taken_ns == b->taken_ns);
    ck_assert(a->usage.begun_ns == b->usage.begun_ns && a->usage.wall_ns == b->usage.wall_ns);
    ck_assert(a->usage.user_ns == b->usage.user_ns && a->usage.system_ns == b->usage.system_ns);
    ck_assert(a->usage.is_known == b->usage.is_known);
    ck_assert(a->usage.has_wait_status == b->usage.has_wait_status);
    ck_assert_int_eq(a->usage.wait_status, b->usage.wait_status);
    ck_assert_str_eq(a->program, b->program);
    ck_assert_str_eq(a->command, b->command);
    ck_assert_str_eq(a->title, b->title);
    ck_assert_uint_eq(a->unseen_calls, b->unseen_calls);
    ck_assert_uint_eq(a->deep_calls, b->deep_calls);
    ck_assert_uint_eq(a->untraced_more, b->untraced_more);
    ck_assert_uint_eq(a->malformed, b->malformed);
    ck_assert_mem_eq(a->losses, b->losses, sizeof a->losses);
    for (size_t i = 0; i < SNAPSHOT_UNHOOKED; i++) {
        ck_assert_str_eq(a->unhooked[i].why, b->unhooked[i].why);
        ck_assert_uint_eq(a->unhooked[i].count, b->unhooked[i].count);
        ck_assert(a->unhooked[i].is_linked == b->unhooked[i].is_linked);
        ck_assert_mem_eq(a->unhooked[i].names, b->unhooked[i].names, sizeof a->unhooked[i].names);
    }
    assert_same_lists(a, b);
    assert_same_objects(&a->objects, &b->objects);
}

START_TEST(snapshots_are_what_they_were)
{
    write_it(&saved, &options);
    ck_assert_int_eq(read_it(size), 0);
    ck_assert_uint_eq(again.snapshot_count, 2);
    for (size_t i = 0; i < 2; i++)
        assert_same_snapshot(snapshots[i], again.snapshots[i]);
    ck_assert_uint_gt(snapshots[0]->node_count, 2);
    ck_assert_uint_eq(snapshots[0]->leaves[0].durations.size, 2);
    ck_assert(snapshots[0]->leaves[snapshots[0]->leaf_count - 1].durations.is_full);
    ck_assert_uint_eq(snapshots[0]->objects.call_count, 3);
    ck_assert_ptr_eq(again.snapshots[1]->former, again.snapshots[0]);
    ck_assert_ptr_null(again.snapshots[0]->former);
    assert_same_bytes();
}
END_TEST

START_TEST(redacted_objects_have_no_texts_and_no_addresses)
{
    write_it(&saved, &(struct saved_options){.redacts = true, .limit = SIZE_MAX_HERE});
    ck_assert_int_eq(read_it(size), 0);
    const struct snapshot_object *list = again.snapshots[0]->objects.list;
    static const struct trace_address none;
    ck_assert_uint_eq(again.snapshots[0]->objects.count, 4);
    ck_assert_ptr_null(list[0].text);
    ck_assert_mem_eq(&list[1].addresses[0], &none, sizeof none);
    ck_assert_mem_eq(&list[1].addresses[1], &none, sizeof none);
    ck_assert_str_eq(list[2].variable, "m");
    ck_assert_ptr_null(memmem(bytes, size, "/var/log", 8));
}
END_TEST

START_TEST(open_calls_are_kept)
{
    ck_assert_uint_eq(snapshots[0]->open_call_count, 1);
    write_it(&saved, &options);
    ck_assert_int_eq(read_it(size), 0);
    const struct snapshot_open_call *call = snapshots[0]->open_calls;
    const struct snapshot_open_call *read = again.snapshots[0]->open_calls;
    ck_assert_uint_eq(again.snapshots[0]->open_call_count, 1);
    ck_assert_uint_eq(again.snapshots[1]->open_call_count, 0);
    ck_assert_uint_eq(read->node, call->node);
    ck_assert_uint_eq(read->object, 0);
    ck_assert_uint_eq(read->since_ns, call->since_ns);
    ck_assert_uint_eq(read->key, call->key);
}
END_TEST

START_TEST(redacted_values_only_tell_which_are_equal)
{
    snapshots[0]->values[1].value = UINT64_MAX;
    write_it(&saved, &(struct saved_options){.redacts = true, .limit = SIZE_MAX_HERE});
    ck_assert_int_eq(read_it(size), 0);
    const struct snapshot_value *values = again.snapshots[0]->values;
    ck_assert_uint_eq(values[0].form, SNAPSHOT_VALUE_HIDDEN);
    ck_assert_uint_eq(values[0].value, 1);
    ck_assert_uint_eq(values[1].value, 1);
    ck_assert(values[2].is_rest);
    ck_assert_uint_eq(values[0].count, 9);
}
END_TEST

static void spoil_values(void (*spoil)(struct snapshot_value *value))
{
    spoil(&snapshots[0]->values[0]);
    write_it(&saved, &options);
    assert_refused(size, "damaged");
}

static void spoil_thread_of_value(struct snapshot_value *value)
{
    value->thread = 1000;
}

static void spoil_node_of_value(struct snapshot_value *value)
{
    value->leaves[0].node = 1000;
}

static void spoil_kind_of_node(struct snapshot_value *value)
{
    value->leaves[0].node = 0; /* a frame */
}

static void spoil_jumped(struct snapshot_value *value)
{
    value->jumped = value->ended + 1;
}

static void spoil_ended(struct snapshot_value *value)
{
    value->ended = value->count + 1;
}

static void spoil_form(struct snapshot_value *value)
{
    value->form = 77;
}

static void (*const value_spoilers[])(struct snapshot_value *value) = {spoil_thread_of_value,
    spoil_node_of_value, spoil_kind_of_node, spoil_jumped, spoil_ended, spoil_form};

START_TEST(inconsistent_values_are_refused)
{
    spoil_values(value_spoilers[_i]);
}
END_TEST

/* Writes objects as a newer or a hostile tool could. NULL: they can be read all the same. */
static void spoil_objects(void (*spoil)(struct objects *objects), const char *problem)
{
    spoil(&snapshots[0]->objects);
    write_it(&saved, &options);
    if (problem)
        assert_refused(size, problem);
    else
        ck_assert_int_eq(read_it(size), 0);
}

static void spoil_type(struct objects *objects)
{
    objects->list[0].type = TRACE_OBJECT_NOTHING;
}

static void spoil_family(struct objects *objects)
{
    objects->list[1].addresses[0].family = 77;
}

static void spoil_module(struct objects *objects)
{
    objects->list[2].module = 1000;
}

static void spoil_waker(struct objects *objects)
{
    objects->calls[2].ended_by = 1000;
}

static void spoil_name_of_waker(struct objects *objects)
{
    objects->wakers[0].name = NULL;
}

static void spoil_caller_of_waker(struct objects *objects)
{
    objects->wakers[0].caller = objects->calls[0].node; /* a leaf */
}

static void spoil_node(struct objects *objects)
{
    objects->calls[0].node = 1000;
}

static void spoil_index(struct objects *objects)
{
    objects->calls[0].object = 4;
}

static void spoil_member(struct objects *objects)
{
    objects->list[3].set.members[0] = 4;
}

static void (*const spoilers[])(struct objects *objects) = {spoil_type, spoil_family, spoil_module,
    spoil_waker, spoil_name_of_waker, spoil_caller_of_waker, spoil_node, spoil_index, spoil_member};

START_TEST(objects_that_point_astray_are_refused)
{
    spoil_objects(spoilers[_i], "it is damaged");
}
END_TEST

static void make_new_type(struct objects *objects)
{
    objects->list[0] = (struct snapshot_object){
        .type = TRACE_OBJECT_TYPES + 7, .module = OBJECTS_NONE, .text = "new"};
}

START_TEST(objects_of_a_kind_that_is_not_known_are_others)
{
    spoil_objects(make_new_type, NULL);
    ck_assert_uint_eq(again.snapshots[0]->objects.list[0].type, TRACE_OBJECT_REST);
    ck_assert_ptr_null(again.snapshots[0]->objects.list[0].text);
}
END_TEST

static void make_too_many(struct objects *objects)
{
    objects->calls[0].hits = objects->calls[0].returns = UINT64_MAX;
    objects->calls[0].total_ns = UINT64_MAX;
}

START_TEST(objects_never_have_more_than_their_leaf)
{
    spoil_objects(make_too_many, NULL);
    const struct snapshot *snapshot = again.snapshots[0];
    const struct snapshot_object_calls *calls = &snapshot->objects.calls[0];
    const struct snapshot_leaf *leaf = snapshot_leaf_of(snapshot, &snapshot->nodes[calls->node]);
    ck_assert_uint_le(calls->hits, leaf->hits);
    ck_assert_uint_le(calls->total_ns, leaf->total_ns);
}
END_TEST

START_TEST(the_run_is_what_it_was)
{
    write_it(&saved, &options);
    ck_assert_int_eq(read_it(size), 0);
    const struct saved_run *run = &again.run;
    ck_assert_str_eq(run->version, "9.8");
    ck_assert_str_eq(run->machine, "pdp11");
    ck_assert_str_eq(run->root, "serve");
    ck_assert(!run->root_is_default && run->each == 7 && run->is_running && !run->is_redacted);
    ck_assert(run->is_innermost && strcmp(run->by, "tenant") == 0);
    ck_assert(run->leaf_count == 2 && strcmp(run->leaves[1], "read") == 0);
    ck_assert(run->word_count == 3 && strcmp(run->command[1], "--fast") == 0);
    ck_assert_str_eq(run->command[2], "");
    ck_assert(run->begun_ns == 5 && run->has_duration && run->duration_ns == 6);
    ck_assert(run->is_period);
    ck_assert(run->has_status && run->status == 256 && run->tool == 99 && run->program == 100);
    ck_assert(run->hits == UINT64_MAX && run->process_count == 2 && run->untraced_count == 1);
    ck_assert(again.implied_count == 1 && strcmp(again.implied[0], "read") == 0);
    ck_assert(again.running_count == 1 && again.running[0].pid == 77);
    ck_assert_str_eq(again.running[0].name, "late");
    ck_assert_uint_eq(again.unhit_count, 2);
    ck_assert_str_eq(again.unhit[0].name, "/opt/lib.so:operator/*");
    ck_assert_str_eq(again.unhit[0].why, "it is too short");
    ck_assert(again.unhit[0].is_pattern && again.unhit[0].is_refused);
    ck_assert(again.unhit[0].functions == 3 && !again.unhit[0].may_be_missed);
    ck_assert(again.unhit[1].may_be_missed && again.unhit[1].why == NULL);
}
END_TEST

START_TEST(names_are_known_without_the_file)
{
    write_it(&saved, &options);
    ck_assert_int_eq(read_it(size), 0);
    const struct snapshot_module *module = &again.snapshots[0]->modules[0];
    const struct symbol_chain *chain = symbols_resolve(
        again.symbols, module->path, &module->identity, 0x1000, true);
    ck_assert_uint_eq(chain->count, 2);
    ck_assert_str_eq(chain->frames[0].function, "main");
    ck_assert_str_eq(chain->frames[0].linkage_name, "main");
    ck_assert_str_eq(chain->frames[1].linkage_name, "_Z1fi");
    ck_assert_str_eq(chain->frames[1].file, "/src/b.h");
    ck_assert(chain->frames[0].line == 7 && chain->frames[0].column == 9);
    ck_assert(!chain->frames[0].is_inlined && chain->frames[1].is_inlined);
    struct symbol_target called;
    ck_assert(symbols_called(again.symbols, module->path, &module->identity, 0x1000, &called));
    ck_assert_str_eq(called.function, "g()");
    ck_assert_int_eq(called.home, SYMBOL_HOME_C_LIBRARY);
    ck_assert(called.has_aliases);
    ck_assert(symbols_is_other(again.symbols, module->path, &module->identity, 0x2001, true, "f"));
    ck_assert(!symbols_called(again.symbols, module->path, &module->identity, 0, &called));
    ck_assert(
        symbols_has_name(again.symbols, module->path, &module->identity, 0x2001, "also_main"));
    ck_assert(!symbols_has_name(again.symbols, module->path, &module->identity, 0x2001, "f"));
    ck_assert(symbols_is_call_of_main(again.symbols, module->path, &module->identity, 0x2001));
    ck_assert_str_eq(symbols_name_main(again.symbols, module->path, &module->identity), "main");
    ck_assert_ptr_null(symbols_problem(again.symbols, module->path));
}
END_TEST

static void count_problem(void *argument, const char *path, const char *problem)
{
    ck_assert_str_eq(path, "/gone");
    ck_assert_str_eq(problem, "no such file");
    ++*(int *)argument;
}

START_TEST(problems_of_files_are_told_when_something_is_looked_up)
{
    int count = 0;
    write_it(&saved, &options);
    ck_assert_int_eq(read_it(size), 0);
    symbols_each_problem(again.symbols, count_problem, &count);
    ck_assert_int_eq(count, 0);
    const struct file_identity identity = {.inode = 3};
    ck_assert_ptr_null(
        symbols_resolve(again.symbols, "/gone", &identity, 5, true)->frames[0].function);
    symbols_each_problem(again.symbols, count_problem, &count);
    ck_assert_int_eq(count, 1);
}
END_TEST

static bool has_text(const char *text)
{
    return memmem(bytes, size, text, strlen(text)) != NULL;
}

START_TEST(redacted_files_have_no_arguments_directories_and_lines)
{
    const struct saved_options redacting = {.redacts = true, .limit = SIZE_MAX_HERE};
    write_it(&saved, &options);
    /* The test file is so small that it is not compressed. */
    ck_assert(has_text("--fast") && has_text("/opt") && has_text("/src") && has_text("secret"));
    write_it(&saved, &redacting);
    ck_assert(!has_text("--fast") && !has_text("/opt") && !has_text("/src"));
    ck_assert(!has_text("secret") && !has_text("gone/"));
    ck_assert_int_eq(read_it(size), 0);
    ck_assert(again.run.is_redacted && again.run.word_count == 1);
    ck_assert_str_eq(again.run.command[0], "prog");
    ck_assert_str_eq(again.unhit[0].name, "lib.so:operator/*");
    ck_assert_str_eq(again.unhit[1].name, "::nothing");
    ck_assert_uint_eq(again.run.leaf_count, 0);
    ck_assert_str_eq(again.snapshots[0]->modules[0].path, "prog");
    const struct snapshot_module *module = &again.snapshots[0]->modules[0];
    const struct symbol_chain *chain = symbols_resolve(
        again.symbols, "prog", &module->identity, 0x1000, true);
    ck_assert_str_eq(chain->frames[1].function, "f(int)");
    ck_assert(chain->frames[1].file == NULL && chain->frames[1].line == 0);
}
END_TEST

START_TEST(a_file_that_is_cut_off_is_refused)
{
    write_it(&saved, &options);
    assert_refused(0, "empty");
    for (size_t count = 1; count < size; count++)
        assert_refused(count, "cut off");
}
END_TEST

START_TEST(each_damaged_byte_is_noticed)
{
    write_it(&saved, &options);
    for (size_t i = 0; i < size; i++) {
        bool is_unused = (i >= 10 && i < 16); /* the minor version, and what is reserved */
        bytes[i] ^= 0x10;
        ck_assert(read_it(size) != 0 || is_unused);
        bytes[i] ^= 0x10;
    }
}
END_TEST

START_TEST(a_newer_version_and_other_files_are_refused)
{
    write_it(&saved, &options);
    bytes[8]++;
    assert_refused(size, "newer version");
    bytes[8]--;
    bytes[10]++; /* a newer minor version can be read */
    ck_assert_int_eq(read_it(size), 0);
    memcpy(bytes, "\177ELF and so on", 13);
    assert_refused(size, "has not saved it");
    assert_refused(3, "has not saved it");
}
END_TEST

/* A file as an earlier version has written it. */
START_TEST(a_file_of_version_1_0_has_no_objects_and_no_times_of_threads)
{
    int fd = memfd_create("earlier", 0);
    struct writer *writer = writer_create(fd, SIZE_MAX_HERE);
    writer_section(writer, SAVED_RUN);
    saved_put_run(writer, &saved.run, false);
    writer_section(writer, SAVED_PROCESSES);
    saved_put_processes(writer, &saved, false);
    writer_section(writer, SAVED_NAMES);
    saved_put_names(writer, &saved, false);
    writer_section(writer, SAVED_LEAVES);
    saved_put_leaves(writer, &saved, false);
    ck_assert_int_eq(writer_end(writer), 0);
    size = (size_t)pread(fd, bytes, sizeof bytes, 0);
    close(fd);
    ck_assert_int_eq(read_it(size), 0);
    ck_assert_uint_eq(again.snapshots[0]->objects.count, 0);
    objects_finish(&snapshots[0]->objects);
    snapshots[0]->value_count = 0;
    for (size_t i = 0; i < snapshots[0]->thread_count; i++)
        snapshots[0]->threads[i].ran_ns = snapshots[0]->threads[i].cpu_ns = 0;
    for (size_t i = 0; i < snapshots[0]->leaf_count; i++)
        snapshots[0]->leaves[i].durations = (struct histogram){0};
    assert_same_snapshot(snapshots[0], again.snapshots[0]);
}
END_TEST

/* Sections of a file that a test writes itself. */
static struct writer *writer;
static int writer_fd;

static void begin_file(void)
{
    writer_fd = memfd_create("written", 0);
    writer = writer_create(writer_fd, SIZE_MAX_HERE);
    writer_section(writer, SAVED_RUN);
    saved_put_run(writer, &saved.run, false);
}

static void put_other_sections(void)
{
    writer_section(writer, SAVED_PROCESSES);
    saved_put_processes(writer, &saved, false);
    writer_number(writer, 12345); /* what is new stands at the end of a section */
    writer_section(writer, SAVED_NAMES);
    saved_put_names(writer, &saved, false);
    writer_section(writer, SAVED_LEAVES);
    saved_put_leaves(writer, &saved, false);
    writer_section(writer, SAVED_THREADS);
    saved_put_threads(writer, &saved);
    writer_section(writer, SAVED_OBJECTS);
    saved_put_objects(writer, &saved, false);
    writer_section(writer, SAVED_SETS);
    saved_put_sets(writer, &saved);
    writer_section(writer, SAVED_VALUES);
    saved_put_values(writer, &saved, false);
}

static void put_durations(void)
{
    writer_section(writer, SAVED_DURATIONS);
    saved_put_durations(writer, &saved);
}

static void end_file(void)
{
    ck_assert_int_eq(writer_end(writer), 0);
    size = (size_t)pread(writer_fd, bytes, sizeof bytes, 0);
    close(writer_fd);
}

/* A file as a later version would write it. */
START_TEST(unknown_sections_are_skipped)
{
    static char text[3 * SAVED_RAW_MAX];
    memset(text, 'x', sizeof text - 1);
    begin_file();
    writer_section(writer, 90);
    writer_text(writer, text);
    put_other_sections();
    put_durations();
    writer_section(writer, 91);
    end_file();
    ck_assert_int_eq(read_it(size), 0);
    assert_same_snapshot(snapshots[0], again.snapshots[0]);
}
END_TEST

START_TEST(a_file_of_an_earlier_version_has_no_histograms)
{
    begin_file();
    put_other_sections();
    end_file();
    ck_assert_int_eq(read_it(size), 0);
    for (size_t i = 0; i < snapshots[0]->leaf_count; i++)
        snapshots[0]->leaves[i].durations = (struct histogram){0};
    assert_same_snapshot(snapshots[0], again.snapshots[0]);
}
END_TEST

START_TEST(histograms_stand_once_and_behind_their_processes)
{
    begin_file();
    put_durations();
    put_other_sections();
    end_file();
    assert_refused(size, "damaged");
    begin_file();
    put_other_sections();
    writer_section(writer, SAVED_DURATIONS);
    for (size_t i = 0; i <= 2; i++)
        writer_number(writer, i == 0 ? 2 : 0); /* two processes without histograms */
    put_durations();
    end_file();
    assert_refused(size, "damaged");
}
END_TEST

/* Returns whether a file with these numbers in the section can be read. */
static bool can_read_durations(const uint64_t *numbers, size_t count)
{
    begin_file();
    put_other_sections();
    writer_section(writer, SAVED_DURATIONS);
    for (size_t i = 0; i < count; i++)
        writer_number(writer, numbers[i]);
    end_file();
    bool can = read_it(size) == 0;
    if (!can)
        assert_refused(size, "damaged");
    return can;
}

#define CAN_READ(...)                                                                              \
    can_read_durations((const uint64_t[]){__VA_ARGS__},                                            \
        sizeof((const uint64_t[]){__VA_ARGS__}) / sizeof(uint64_t))

/* Processes, histograms of the first one, bound; node, flags, first, size, calls; histograms of the
 * second one. */
START_TEST(inconsistent_histograms_are_refused)
{
    const uint64_t bound = HISTOGRAM_BOUND_MAX, last = HISTOGRAM_BUCKETS - 1;
    const uint64_t nodes = snapshots[0]->node_count, count = snapshots[0]->leaf_count;
    size_t leaf = 0;
    while (snapshots[0]->nodes[leaf].kind != SNAPSHOT_LEAF)
        leaf++;
    ck_assert_uint_gt(leaf, 0); /* node 0 is a frame */
    ck_assert(CAN_READ(2, 1, bound, leaf, 0, last, 1, 5, 0));
    ck_assert(!CAN_READ(1, 1, bound, leaf, 0, last, 1, 5));
    ck_assert(!CAN_READ(2, count + 1, bound, leaf, 0, last, 1, 5, 0));
    ck_assert(!CAN_READ(2, 1, 0, leaf, 0, last, 1, 5, 0));
    ck_assert(!CAN_READ(2, 1, bound + 1, leaf, 0, last, 1, 5, 0));
    ck_assert(!CAN_READ(2, 1, bound, 0, 0, last, 1, 5, 0));
    ck_assert(!CAN_READ(2, 1, bound, nodes, 0, last, 1, 5, 0));
    ck_assert(!CAN_READ(2, 2, bound, leaf, 0, last, 1, 5, 0, 0, last, 1, 5, 0));
    ck_assert(!CAN_READ(2, 1, bound, leaf, 0, last + 1, 0, 0));
    ck_assert(!CAN_READ(2, 1, bound, leaf, 0, last, 2, 5, 5, 0));
    ck_assert(!CAN_READ(2, 1, bound, leaf, 0, last, 0, 0));
}
END_TEST

/* An index beyond its array, with the right checksum. */
START_TEST(inconsistent_snapshots_are_refused)
{
    snapshots[0]->nodes[2].caller = 1;
    snapshots[0]->nodes[1].kind = SNAPSHOT_LEAF;
    snapshots[0]->nodes[1].leaf = 0;
    write_it(&saved, &options);
    assert_refused(size, "damaged");
    snapshots[0]->nodes[1].kind = SNAPSHOT_FRAME;
    snapshots[0]->nodes[1].module = 1;
    write_it(&saved, &options);
    assert_refused(size, "damaged");
    snapshots[0]->nodes[1].module = 0;
    snapshots[0]->nodes[0].thread = 3;
    write_it(&saved, &options);
    assert_refused(size, "damaged");
    snapshots[0]->nodes[0].thread = 0;
    snapshots[0]->calls[0].leaves[0].node = 0;
    write_it(&saved, &options);
    assert_refused(size, "damaged");
}
END_TEST

START_TEST(a_file_does_not_grow_beyond_its_limit)
{
    const struct saved_options small = {.limit = 700};
    int fd = memfd_create("saved", 0);
    write_it(&saved, &options);
    ck_assert_uint_gt(size, small.limit);
    ck_assert_int_eq(saved_write(fd, &saved, &small), -E2BIG);
    ck_assert_int_le(lseek(fd, 0, SEEK_END), 700);
    close(fd);
    int full = open("/dev/full", O_WRONLY);
    if (full >= 0)
        ck_assert_int_eq(saved_write(full, &saved, &options), -ENOSPC);
    close(full);
}
END_TEST

START_TEST(only_the_run_can_be_read)
{
    write_it(&saved, &options);
    int fd = memfd_create("saved", 0);
    ck_assert_int_eq(write(fd, bytes, size), (ssize_t)size);
    lseek(fd, 0, SEEK_SET);
    ck_assert_int_eq(saved_read_run(fd, &again, &why), 0);
    close(fd);
    ck_assert_str_eq(again.run.root, "serve");
    ck_assert_uint_eq(again.snapshot_count, 0);
}
END_TEST

/* More than a chunk. */
START_TEST(large_traces_are_compressed)
{
    struct snapshot *snapshot = snapshots[0];
    size_t first = snapshot->node_count, count = 200000;
    snapshot->nodes = realloc(snapshot->nodes, (first + count) * sizeof *snapshot->nodes);
    for (size_t i = first; i < first + count; i++)
        snapshot->nodes[i] = (struct snapshot_node){
            .caller = i == first ? SNAPSHOT_NONE : (uint32_t)(i - 1),
            .thread = 2,
            .address = i * i * 7919};
    snapshot->node_count += count;
    write_it(&saved, &options);
    ck_assert_uint_lt(size, 7 * count);
    ck_assert_int_eq(read_it(size), 0);
    assert_same_snapshot(snapshot, again.snapshots[0]);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("saved");
    TCase *test = tcase_create("saved");
    tcase_set_timeout(test, 60);
    tcase_add_checked_fixture(test, begin, finish);
    tcase_add_test(test, snapshots_are_what_they_were);
    tcase_add_test(test, redacted_objects_have_no_texts_and_no_addresses);
    tcase_add_test(test, open_calls_are_kept);
    tcase_add_test(test, redacted_values_only_tell_which_are_equal);
    tcase_add_loop_test(
        test, inconsistent_values_are_refused, 0, sizeof value_spoilers / sizeof *value_spoilers);
    tcase_add_loop_test(
        test, objects_that_point_astray_are_refused, 0, sizeof spoilers / sizeof *spoilers);
    tcase_add_test(test, objects_of_a_kind_that_is_not_known_are_others);
    tcase_add_test(test, objects_never_have_more_than_their_leaf);
    tcase_add_test(test, the_run_is_what_it_was);
    tcase_add_test(test, names_are_known_without_the_file);
    tcase_add_test(test, problems_of_files_are_told_when_something_is_looked_up);
    tcase_add_test(test, redacted_files_have_no_arguments_directories_and_lines);
    tcase_add_test(test, a_file_that_is_cut_off_is_refused);
    tcase_add_test(test, each_damaged_byte_is_noticed);
    tcase_add_test(test, a_newer_version_and_other_files_are_refused);
    tcase_add_test(test, a_file_of_version_1_0_has_no_objects_and_no_times_of_threads);
    tcase_add_test(test, unknown_sections_are_skipped);
    tcase_add_test(test, a_file_of_an_earlier_version_has_no_histograms);
    tcase_add_test(test, histograms_stand_once_and_behind_their_processes);
    tcase_add_test(test, inconsistent_histograms_are_refused);
    tcase_add_test(test, inconsistent_snapshots_are_refused);
    tcase_add_test(test, a_file_does_not_grow_beyond_its_limit);
    tcase_add_test(test, only_the_run_can_be_read);
    tcase_add_test(test, large_traces_are_compressed);
    suite_add_tcase(suite, test);
    return suite_run(suite);
}
