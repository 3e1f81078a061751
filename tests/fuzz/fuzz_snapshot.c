/*
 * fuzz_snapshot.c - whatever a trace file holds, it is refused or gives a sound snapshot, tree,
 * view and report.
 *
 * For libFuzzer; start it from the files that seeds_snapshot.c writes ("make fuzz" builds it).
 */
// needs: cli
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "objects/deadlock.h"
#include "objects/labels.h"
#include "report/format.h"
#include "tree/overview.h"
#include "report/summary.h"
#include "symbols/symbols.h"
#include "trace/file.h"
#include "trace/open/keep.h"
#include "trace/snapshot.h"
#include "tree/calls/calls.h"
#include "tree/calls/values.h"
#include "tree/build.h"
#include "tree/total.h"
#include "view/build.h"
#include "view/cut.h"
#include "view/objects.h"
#include "check_nodes.h"
#include "print_calls.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* Few names for many addresses, so that much merges, and one of them is the root. */
const struct symbol_chain *symbols_resolve(struct symbols *symbols, const char *path,
    const struct file_identity *identity, uint64_t address, bool is_return_address)
{
    static const struct symbol_frame frames[] = {{NULL, NULL, NULL, 0, 0, false},
        {"main", "main", "a.c", 1, 1, false},
        {"net::Server<int>::run(int)", NULL, "b.c", 2, 0, true},
        {"read", "read", NULL, 0, 0, false}};
    static const struct symbol_chain chains[] = {
        {&frames[0], 1}, {&frames[1], 1}, {&frames[1], 2}, {&frames[3], 1}};
    (void)symbols, (void)is_return_address;
    size_t sum = strlen(path);
    for (size_t i = 0; i < identity->build_id_size; i++)
        sum += identity->build_id[i];
    sum += identity->inode + identity->changed_ns;
    return &chains[(sum + address / 0x1000) % 4];
}

bool symbols_called(struct symbols *symbols, const char *path, const struct file_identity *identity,
    uint64_t return_address, struct symbol_target *called)
{
    const struct symbol_frame *frame =
        &symbols_resolve(symbols, path, identity, return_address / 3, true)->frames[0];
    *called = (struct symbol_target){frame->function, frame->linkage_name,
        (enum symbol_home)(return_address % 4), return_address % 8 < 4};
    return called->function != NULL;
}

bool symbols_has_name(struct symbols *symbols, const char *path,
    const struct file_identity *identity, uint64_t return_address, const char *linkage_name)
{
    (void)symbols, (void)identity;
    return (strlen(path) + return_address + strlen(linkage_name)) % 4 == 0;
}

bool symbols_is_other(struct symbols *symbols, const char *path,
    const struct file_identity *identity, uint64_t address, bool is_return_address,
    const char *linkage_name)
{
    (void)symbols, (void)identity;
    return (strlen(path) + address + is_return_address + strlen(linkage_name)) % 2 == 0;
}

bool symbols_is_call_of_main(struct symbols *symbols, const char *path,
    const struct file_identity *identity, uint64_t return_address)
{
    (void)symbols, (void)path, (void)identity;
    return return_address % 2 == 0;
}

bool symbols_is_entry(struct symbols *symbols, const char *path,
    const struct file_identity *identity, uint64_t return_address)
{
    (void)symbols, (void)path, (void)identity;
    return return_address % 3 == 0;
}

const char *symbols_name_main(
    struct symbols *symbols, const char *path, const struct file_identity *identity)
{
    (void)symbols, (void)identity;
    return strlen(path) % 2 ? "main" : NULL;
}

static void check_snapshot(const struct snapshot *snapshot)
{
    size_t length = strlen(snapshot->program) + strlen(snapshot->command);
    for (size_t i = 0; i < snapshot->module_count; i++) {
        length += strlen(snapshot->modules[i].path);
        check(snapshot->modules[i].path[0], "a module without a path");
        check(snapshot->modules[i].identity.build_id_size <= 24, "the size of a build-id");
    }
    check(length < 1u << 30, "the length of the strings");
    for (size_t i = 0; i < snapshot->thread_count; i++)
        check(memchr(snapshot->threads[i].name, '\0', 16), "a thread's name without an end");
    check_nodes(snapshot);
    for (size_t i = 0; i < snapshot->leaf_count; i++) {
        const struct snapshot_leaf *leaf = &snapshot->leaves[i];
        check(snapshot->has_times || (leaf->total_ns | leaf->entered_ns) == 0, "a time");
    }
}

static void check_durations(const struct snapshot *snapshot)
{
    for (size_t i = 0; i < snapshot->leaf_count; i++) {
        const struct histogram *durations = &snapshot->leaves[i].durations;
        struct histogram_time time;
        check(durations->first + durations->size <= HISTOGRAM_BUCKETS, "buckets of a histogram");
        check(durations->bound_ps <= HISTOGRAM_BOUND_MAX, "the bound of a histogram");
        if (histogram_quantile(durations, 50, &time))
            check(time.ns <= durations->longest_ns, "the median and the longest call");
    }
}

static void check_calls(const struct snapshot *snapshot)
{
    for (size_t i = 0; i < snapshot->call_count; i++) {
        const struct snapshot_call *call = &snapshot->calls[i];
        check(call->thread < snapshot->thread_count, "the thread of a call");
        check(call->count > 0 && call->jumped <= call->count, "the number of calls");
        for (size_t j = 0; j < call->leaf_count; j++) {
            uint32_t node = call->leaves[j].node;
            check(node < snapshot->node_count && snapshot->nodes[node].kind == SNAPSHOT_LEAF &&
                      snapshot->nodes[node].thread == call->thread,
                "a leaf of a call");
        }
    }
}

static void check_values(const struct snapshot *snapshot)
{
    for (size_t i = 0; i < snapshot->value_count; i++) {
        const struct snapshot_value *value = &snapshot->values[i];
        check(value->thread < snapshot->thread_count, "the thread of a value");
        check(value->ended <= value->count && value->jumped <= value->ended,
            "the number of calls with a value");
        for (size_t j = 0; j < value->leaf_count; j++) {
            uint32_t node = value->leaves[j].node;
            check(node < snapshot->node_count && snapshot->nodes[node].kind == SNAPSHOT_LEAF &&
                      snapshot->nodes[node].thread == value->thread,
                "a leaf of a value");
        }
    }
}

static void check_waker(const struct objects *objects, uint32_t waker)
{
    check(waker == OBJECTS_NONE || waker < objects->waker_count, "what let a call go");
}

/* The objects of a leaf never have more than the leaf. */
static void check_objects(const struct snapshot *snapshot)
{
    const struct objects *objects = &snapshot->objects;
    struct objects_leaf sum = {0};
    for (size_t i = 0; i < objects->count; i++)
        check(objects->list[i].module == OBJECTS_NONE ||
                  objects->list[i].module < snapshot->module_count,
            "the module of an object");
    for (size_t i = 0; i < objects->waker_count; i++) {
        const struct snapshot_waker *waker = &objects->wakers[i];
        check(waker->name && waker->name[0], "the name of a waker");
        check(waker->caller == OBJECTS_NONE ||
                  (waker->caller < snapshot->node_count &&
                      snapshot->nodes[waker->caller].kind != SNAPSHOT_LEAF),
            "the caller of a waker");
    }
    for (size_t i = 0; i < objects->call_count; i++) {
        const struct snapshot_object_calls *calls = &objects->calls[i];
        check(calls->object < objects->count && calls->node < snapshot->node_count &&
                  calls->returns <= calls->hits && calls->longest_ns <= calls->total_ns,
            "calls for an object");
        if (i == 0 || calls[-1].node != calls->node)
            sum = (struct objects_leaf){0};
        const struct snapshot_leaf *leaf = snapshot_leaf_of(
            snapshot, &snapshot->nodes[calls->node]);
        sum.hits += calls->hits;
        sum.returns += calls->returns;
        sum.total_ns += calls->total_ns;
        check(leaf && sum.hits <= leaf->hits && sum.returns <= leaf->returns &&
                  sum.total_ns <= leaf->total_ns,
            "more calls for objects than of the leaf");
        check_waker(objects, calls->ended_by);
        check_waker(objects, calls->longest_ended_by);
    }
}

/* `is_settled`: a leaf has no more of them than hits without a return. */
static void check_open_calls(const struct snapshot *snapshot, bool is_settled)
{
    uint64_t of_leaf = 0;
    for (size_t i = 0; i < snapshot->open_call_count; i++) {
        const struct snapshot_open_call *call = &snapshot->open_calls[i];
        check(
            call->node < snapshot->node_count && snapshot->nodes[call->node].kind == SNAPSHOT_LEAF,
            "the leaf of an open call");
        check(call->object == OBJECTS_NONE || call->object < snapshot->objects.count,
            "the object of an open call");
        check(i == 0 || call[-1].node <= call->node, "the order of open calls");
        of_leaf = i > 0 && call[-1].node == call->node ? of_leaf + 1 : 1;
        const struct snapshot_leaf *leaf = snapshot_leaf_of(snapshot, &snapshot->nodes[call->node]);
        check(!is_settled || of_leaf <= leaf->hits - leaf->returns, "too many open calls");
    }
}

/* Only the lines' ends are left of the control characters. */
static void check_text(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++)
        check((unsigned char)text[i] >= 0x20 || text[i] == '\n', "a control character");
}

static struct labels *labels;

static void make_labels(struct snapshot *snapshot, struct deadlocks *deadlocks)
{
    static const struct path_style style = {"main", " > ", "...", NULL};
    labels = labels_create(&snapshot, 1, NULL, &style, NULL);
    check(labels && deadlocks_find(deadlocks, labels, &snapshot, 1) == 0, "memory");
}

static void check_report(const struct snapshot *snapshot, const char *root, bool root_is_default)
{
    struct tree_options options = {
        .root = root, .root_is_default = root_is_default, .labels = labels, .wants_notes = true};
    struct tree_process *process = tree_create(snapshot, NULL, &options);
    check(process != NULL, "memory");
    char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    check(out != NULL, "memory");
    struct report report = {.out = out,
        .root = root,
        .root_is_default = root_is_default,
        .leaves_word = "waiting",
        .style = {.unicode = true}};
    report_format_text.process(&report, process, false);
    fclose(out);
    check_text(text, size);
    free(text);
    tree_destroy(process);
}

static void check_calls_report(const struct snapshot *snapshot, const char *root)
{
    struct tree_options options = {.root = root, .labels = labels, .wants_notes = true};
    struct tree_process *process = tree_create(snapshot, NULL, &options);
    check(process != NULL, "memory");
    struct tree_calls *calls = tree_calls_create(snapshot, process, NULL, &options);
    check(calls != NULL, "memory");
    char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    check(out != NULL, "memory");
    struct report report = {
        .out = out, .root = root, .leaves_word = "waiting", .style = {.unicode = true}};
    print_calls(&report, process, calls, labels);
    fclose(out);
    check_text(text, size);
    free(text);
    tree_calls_destroy(calls);
    tree_destroy(process);
}

static void check_values_report(const struct snapshot *snapshot, const char *root)
{
    struct tree_options options = {
        .root = root, .is_innermost = true, .labels = labels, .wants_notes = true};
    struct tree_process *process = tree_create(snapshot, NULL, &options);
    check(process != NULL, "memory");
    struct tree_values *values = tree_values_create(snapshot, process, NULL, &options);
    check(values != NULL, "memory");
    struct view_builder **builders = calloc(values->count + 1, sizeof(void *));
    const struct view **views = calloc(values->count + 1, sizeof(void *));
    check(builders && views, "memory");
    for (size_t i = 0; i < values->count; i++) {
        check(view_begin(&builders[i], &view_options_default) == 0 &&
                  view_add(builders[i], values->list[i].tree) == 0,
            "memory");
        views[i] = view_end(builders[i]);
    }
    char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    check(out != NULL, "memory");
    struct report report = {
        .out = out, .root = root, .by = "x", .leaves_word = "waiting", .style = {.unicode = true}};
    report_format_text.values(&report, process, values, views, 2, NULL);
    fclose(out);
    check_text(text, size);
    free(text);
    for (size_t i = 0; i < values->count; i++)
        view_destroy(builders[i]);
    free(builders);
    free(views);
    tree_values_destroy(values);
    tree_destroy(process);
}

/* ---- views, with options that depend on the bytes ---- */

static uint64_t state;

static uint64_t choose(uint64_t limit)
{
    state = hash_number(HASH_BEGIN, state + 1);
    return (state >> 20) % limit;
}

static struct view_patterns choose_patterns(void)
{
    static const char *const names[] = {"main", "run", "Server::*", "read", "*", "nothing"};
    return (struct view_patterns){&names[choose(6)], choose(6) == 0};
}

static struct view_options choose_options(void)
{
    struct view_options options = view_options_default;
    struct view_patterns *const patterns[] = {&options.under, &options.through, &options.without,
        &options.threads, &options.processes, &options.hide, &options.merge, &options.idle};
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++)
        *patterns[i] = choose_patterns();
    bool *const flags[] = {&options.no_idle, &options.internals, &options.sites,
        &options.full_names, &options.inverts, &options.apart_threads, &options.apart_processes};
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        *flags[i] = choose(2);
    options.sort = (enum view_sort)choose(3);
    options.lines = choose(3) ? 1 + choose(60) : SIZE_MAX;
    options.min_ns = choose(3) ? 0 : UINT64_C(1) << choose(40);
    options.min_percent = (double)choose(20);
    options.labels = labels;
    return options;
}

/* The hits of what is drawn: a node without shown children stands for all below it. */
static uint64_t hits_drawn(const struct view_node *node)
{
    uint64_t hits = node->own_hits;
    const struct view_node *child = cut_next_child(node, NULL);
    if (child == NULL)
        return node->hits;
    for (; child; child = cut_next_child(node, child))
        hits += hits_drawn(child);
    return hits;
}

static void check_sums(const struct view *view, const struct tree_process *process)
{
    uint64_t hits = view->cut_hits;
    if (process->hits > UINT64_MAX / 2) /* sums may have stopped at their greatest value */
        return;
    for (size_t i = 0; i < view->group_count; i++) {
        const struct view_node *top = view->groups[i].top;
        bool has_line = top->shown_children > 0 || cut_has_heading(view, &view->groups[i]);
        hits += top->is_shown && has_line ? hits_drawn(top) : 0;
    }
    check(hits == view->hits, "shown and counted hits");
    check(view->hits + view->dropped_hits == process->hits, "counted and dropped hits");
}

static void check_sums_of_objects(const struct view *view)
{
    for (size_t i = 0; i < view->object_count; i++) {
        const struct view_node *leaf = view->objects[i].node;
        uint64_t hits = 0;
        size_t count;
        const struct view_object *objects = view_objects_of(view, leaf, &count);
        for (size_t k = 0; k < count; k++)
            hits += objects[k].hits;
        check(hits <= leaf->hits || leaf->hits > UINT64_MAX / 2, "hits of objects");
    }
}

static void check_text_of_view(const struct tree_process *process, const struct view *view)
{
    struct tree_total total = {.process_count = 0};
    struct overview overview = {.count = 0};
    struct report_summary summary = {.nameless_count = 0};
    char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    check(out && tree_total_add(&total, process) == 0 && overview_add(&overview, process) == 0,
        "memory");
    struct report report = {.out = out,
        .leaves_word = "waiting",
        .root = "main",
        .root_is_default = true,
        .places = choose(2),
        .histograms = choose(2),
        .table_lines = choose(3) ? 0 : choose(9),
        .style = {.unicode = choose(2), .columns = choose(2) ? 0 : 40 + choose(160)}};
    struct report_run run = {.name = "prog", .total = &total, .overview = &overview};
    report_format_text.view(&report, &run, view, &summary);
    fclose(out);
    check_text(text, size);
    free(text);
    summary_finish(&summary);
    overview_finish(&overview);
    tree_total_finish(&total);
}

static void check_view(const struct snapshot *snapshot)
{
    struct tree_options tree_options = {
        .root = "main", .root_is_default = choose(2), .labels = labels};
    struct tree_process *process = tree_create(snapshot, NULL, &tree_options);
    struct view_options options = choose_options();
    struct view_builder *builder = NULL;
    check(process && view_begin(&builder, &options) == 0, "memory");
    check(view_add(builder, process) == 0, "memory");
    const struct view *view = view_end(builder);
    check_sums(view, process);
    check_sums_of_objects(view);
    check_text_of_view(process, view);
    view_destroy(builder);
    tree_destroy(process);
}

static void check_all(struct snapshot *snapshot, bool is_settled)
{
    struct deadlocks deadlocks = {.count = 0};
    check_snapshot(snapshot);
    check_calls(snapshot);
    check_values(snapshot);
    check_durations(snapshot);
    check_objects(snapshot);
    check_open_calls(snapshot, is_settled);
    make_labels(snapshot, &deadlocks);
    check_report(snapshot, "main", true);
    check_report(snapshot, "Server::run", false);
    if (snapshot->call_count > 0)
        check_calls_report(snapshot, "main");
    check_values_report(snapshot, "main");
    for (int i = 0; i < 3; i++)
        check_view(snapshot);
    deadlocks_finish(&deadlocks);
    labels_destroy(labels);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct snapshot *snapshot = NULL;
    const char *why = NULL;
    int error = snapshot_parse(bytes, size, &snapshot, &why);
    check((error == 0) == (snapshot != NULL), "neither error nor snapshot");
    check(error == 0 || why, "an error without a reason");
    if (error)
        return 0;
    state = size;
    for (size_t i = 0; i < size; i += 7)
        state = hash_byte(state, bytes[i]);
    check_all(snapshot, true);
    snapshot_destroy(snapshot);
    snapshot = NULL;
    check(snapshot_parse_open(bytes, size, &snapshot, &why) == 0, "not read again");
    check_open_calls(snapshot, false);
    check(snapshot_keep_open(snapshot, UINT64_C(1) << 40) == 0, "memory");
    check_all(snapshot, true);
    snapshot_destroy(snapshot);
    return 0;
}
