/*
 * build.c - cuts the recorded tree at the root and builds downtraces from the rest.
 *
 * The recorded nodes are visited by index: callers come before the nodes that they called, and
 * siblings in the order of their first execution. So no pass recurses, however deep the tree is,
 * and children are in order because they are appended.
 *
 * The threads of a process are independent but for a few facts, such as whether any has called the
 * root. So these are found out first, and then the trees are made one after the other.
 *
 * There are four passes: names, and whether the root is above (outermost first); which nodes lead
 * to a shown leaf (innermost first); the nodes of the shown tree (outermost first); totals.
 */
#include "tree/build.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/progress.h"
#include "base/sum.h"
#include "names/match.h"
#include "symbols/symbols.h"
#include "trace_format.h"
#include "tree/added/jumps.h"
#include "tree/objects.h"
#include "tree/added/phases.h"
#include "tree/recorded.h"
#include "tree/root.h"
#include "tree/waiting.h"

struct owned_process {
    struct tree_process process; /* first: tree_destroy gets its address */
    struct node_block *blocks;   /* of all trees, if they are kept */
    struct leaf_sum *sums;       /* likewise */
};

/* ---- second pass: which nodes lead to a shown leaf ---- */

/* A hit without the root above it is shown if no thread has called the root. It is also shown if
 * the user has not chosen the root, and it is certainly from before or after main, or main cannot
 * be on its path, or may be on the part that is unknown. */
static bool is_leaf_shown(const struct builder *builder, const struct site *site)
{
    const struct tree_process *process = builder->process;
    if (site->is_below_root || !process->root_found || site->phase != PHASE_UNKNOWN ||
        builder->options.is_one_call)
        return true;
    return builder->options.root_is_default &&
           (!builder->thread->is_main || site->is_cut || site->is_own_stack);
}

/* Returns whether the node is a child of its caller; if not, it stands at the top of its thread, or
 * of its phase. */
static bool hangs_on_caller(const struct builder *builder, size_t index)
{
    const struct snapshot_node *node = &builder->snapshot->nodes[index];
    const struct site *site = builder_site(builder, index);
    if (node->caller == SNAPSHOT_NONE || site->root_at != NO_ROOT || builder_jumped(builder, index))
        return false;
    const struct site *caller = builder_site(builder, node->caller);
    if (site->phase != caller->phase)
        return false;
    /* Start code is omitted, unless the path has nothing else. */
    bool is_behind_start = caller->is_start_code || (site->phase && caller->is_from_entry);
    bool is_start = site->is_start_code || site->is_from_entry;
    return node->kind == SNAPSHOT_LEAF || is_start || !is_behind_start;
}

/* Returns the leaf from whose body this one was called, or that jumped to it; or NULL. */
static const struct snapshot_node *find_outer(
    struct builder *builder, const struct snapshot_node *leaf)
{
    if (leaf->within)
        return recorded_find(builder, leaf->caller, leaf->within);
    if (leaf->caller == SNAPSHOT_NONE)
        return NULL;
    const struct snapshot_node *body = &builder->snapshot->nodes[leaf->caller];
    return body->within ? recorded_find(builder, body->caller, body->within) : NULL;
}

/* Returns whether another leaf works by calling this one: that leaf has its time and hits. */
static bool is_absorbed(struct builder *builder, const struct snapshot_node *node)
{
    const struct tree_options *options = &builder->options;
    const struct snapshot_node *outer = options->is_implied ? find_outer(builder, node) : NULL;
    const struct snapshot_leaf *leaf = snapshot_leaf_of(builder->snapshot, node);
    return outer && snapshot_leaf_of(builder->snapshot, outer)->hits == leaf->hits &&
           options->is_implied(options->argument, leaf->name);
}

static void choose_nodes(struct builder *builder)
{
    struct tree_thread *thread = builder->thread;
    thread->hits = thread->outside_hits = 0;
    for (size_t i = builder->end; i-- > builder->first;) {
        const struct snapshot_node *node = &builder->snapshot->nodes[i];
        const struct snapshot_leaf *leaf = snapshot_leaf_of(builder->snapshot, node);
        struct site *site = builder_site(builder, i);
        if (leaf && leaf->hits && !is_absorbed(builder, node)) {
            site->is_shown = is_leaf_shown(builder, site);
            uint64_t *hits = site->is_shown ? &thread->hits : &thread->outside_hits;
            *hits = add_clamped(*hits, leaf->hits);
        }
        if (site->is_shown && hangs_on_caller(builder, i))
            builder_site(builder, node->caller)->is_shown = true;
    }
}

/* ---- third pass: the nodes of the shown tree ---- */

/* Appends the functions of a frame, outermost first; if the root is among them, begins at the
 * root. */
static bool add_frame(struct builder *builder, const struct snapshot_node *node, struct site *site,
    struct tree_node *parent)
{
    bool is_in_file = node->module != SNAPSHOT_NONE;
    uint32_t flags = node->flags & TRACE_BY_FRAME_POINTER;
    if (node->caller == SNAPSHOT_NONE)
        flags |= node->flags & (TRACE_CUT | TRACE_LOST_TRACK);

    const struct symbol_chain *chain = root_chain_of(builder, node, site);
    if (site->root_at != NO_ROOT && site->root_at > 0)
        builder->process->root_caller = chain->frames[site->root_at - 1].function;
    for (size_t i = site->root_at == NO_ROOT ? 0 : site->root_at; i < chain->count; i++) {
        const struct symbol_frame *frame = &chain->frames[i];
        struct tree_node wanted = {
            .parent = parent,
            .function = frame->function,
            .linkage_name = frame->linkage_name,
            .file = frame->file,
            .line = frame->line,
            .column = frame->column,
            .module = is_in_file ? builder->modules[node->module].base : NULL,
            .address = node->address,
            .is_inlined = frame->is_inlined,
            .is_interrupted = node->kind == SNAPSHOT_INTERRUPTED && i + 1 == chain->count,
        };
        parent = children_find(&builder->children, &wanted);
        if (parent == NULL)
            return false;
        parent->flags |= i == 0 ? flags : 0;
    }
    site->below = parent;
    return true;
}

static void build_add_numbers(struct tree_leaf *to, const struct snapshot_leaf *from)
{
    to->hits = add_clamped(to->hits, from->hits);
    to->returns = add_clamped(to->returns, from->returns);
    to->total_ns = add_clamped(to->total_ns, from->total_ns);
    if (from->longest_ns > to->longest_ns)
        to->longest_ns = from->longest_ns;
    if (from->entered_ns > to->entered_ns)
        to->entered_ns = from->entered_ns;
    ages_add(&to->ages, from->ages);
}

/* Returns a copy that can be added to. NULL when out of memory. */
static const struct histogram *begin_sum(struct builder *builder, const struct histogram *first)
{
    struct leaf_sum *sum = calloc(1, sizeof *sum);
    if (sum == NULL)
        return NULL;
    sum->next = builder->sums;
    builder->sums = sum;
    return histogram_add(&sum->histogram, first) == 0 ? &sum->histogram : NULL;
}

/* Most leaves of the tree have one recorded leaf, and share its histogram. */
static bool add_durations(
    struct builder *builder, const struct histogram *more, struct tree_leaf *leaf)
{
    if (more->size == 0)
        return true;
    if (leaf->durations == NULL) {
        leaf->durations = more;
        return true;
    }
    if (!leaf->durations->is_own)
        leaf->durations = begin_sum(builder, leaf->durations);
    return leaf->durations && histogram_add((struct histogram *)leaf->durations, more) == 0;
}

static bool add_leaf(
    struct builder *builder, const struct snapshot_node *node, struct tree_node *parent)
{
    const struct snapshot_leaf *from = snapshot_leaf_of(builder->snapshot, node);
    struct tree_node wanted = {.parent = parent, .function = from->name, .is_leaf = true};
    struct tree_node *leaf = children_find(&builder->children, &wanted);
    wanted.parent = &builder->leaf_names;
    if (leaf == NULL || children_find(&builder->names, &wanted) == NULL)
        return false;
    leaf->linkage_name = from->name;
    build_add_numbers(leaf->leaf, from);
    if (node->caller == SNAPSHOT_NONE)
        leaf->flags |= TRACE_LOST_TRACK;
    if (builder->open.node == node)
        builder->open.leaf = leaf;
    return add_durations(builder, &from->durations, leaf->leaf) &&
           tree_objects_add(builder, node, leaf);
}

/* Adds the root that has jumped to the node, if its name is known. Returns the parent of the node;
 * NULL when out of memory. */
static struct tree_node *add_root_jump(struct builder *builder, size_t index, struct tree_node *top)
{
    const char *root = builder_jumped(builder, index);
    builder->process->is_root_implied |= !*root;
    if (!*root)
        return top;
    /* Calls of the root from several places may have the same tree. */
    uint32_t caller = builder->options.is_one_call ? SNAPSHOT_NONE
                                                   : builder->snapshot->nodes[index].caller;
    struct tree_node wanted = {.parent = top, .function = root};
    return jumps_add_function(builder, &wanted, caller);
}

/* Returns the parent of the node: a node inside a leaf is below that leaf. NULL when out of
 * memory. */
static struct tree_node *find_parent(struct builder *builder, size_t index)
{
    const struct snapshot_node *node = &builder->snapshot->nodes[index];
    enum phase phase = builder_site(builder, index)->phase;
    struct tree_node *top = builder->thread->top, *below = top, *leaf = NULL;
    if (hangs_on_caller(builder, index))
        below = jumps_add(builder, index, builder_site(builder, node->caller)->below);
    else if (phase)
        below = phases_add(builder, phase, top);
    else if (builder_jumped(builder, index))
        below = add_root_jump(builder, index, top);
    if (below && node->within)
        leaf = children_find_leaf(&builder->children, below, node->within);
    return leaf ? leaf : below;
}

static bool add_nodes(struct builder *builder)
{
    for (size_t i = builder->first; i < builder->end; i++) {
        const struct snapshot_node *node = &builder->snapshot->nodes[i];
        struct site *site = builder_site(builder, i);
        progress_advance(1);
        if (!site->is_shown)
            continue;
        struct tree_node *parent = find_parent(builder, i);
        bool is_added = parent != NULL;
        if (!is_added)
            return false;
        if (node->kind == SNAPSHOT_LEAF)
            is_added = add_leaf(builder, node, parent);
        else if (root_is_ours(builder, node))
            site->below = parent;
        else
            is_added = add_frame(builder, node, site, parent);
        if (!is_added)
            return false;
    }
    return true;
}

/* ---- fourth pass: totals ---- */

static void count(struct builder *builder, struct node_range *range)
{
    struct tree_process *process = builder->process;
    const struct tree_thread *thread = builder->thread;
    size_t nodes = waiting_count(builder->thread, &builder->open);
    tree_objects_settle(builder->thread, &builder->options);
    if (range->is_counted)
        return;
    range->is_counted = true;
    process->node_count += nodes;
    process->leaf_count = builder->names.count;
    process->waiting_ns = add_clamped(process->waiting_ns, thread->waiting_ns);
    process->hits = add_clamped(process->hits, thread->hits);
    process->outside_hits = add_clamped(process->outside_hits, thread->outside_hits);
}

/* ---- one thread ---- */

static void begin_thread(struct builder *builder, size_t index)
{
    const struct node_range *range = &builder->ranges[index];
    size_t count = range->end - range->first;
    builder->thread = &builder->process->threads[index];
    builder->first = range->first;
    builder->end = range->end;
    memset(builder->sites, 0, count * sizeof *builder->sites);
    if (builder->jumps)
        memset(builder->jumps, 0, count * sizeof *builder->jumps);
    free(builder->leaves);
    builder->leaves = NULL;
}

static bool may_have_phases(const struct builder *builder)
{
    const struct tree_options *options = &builder->options;
    return builder->thread->is_main && builder->is_main_root && options->root_is_default &&
           !options->is_one_call;
}

static void look_at_thread(struct builder *builder, size_t index)
{
    begin_thread(builder, index);
    if (builder->follows_jumps && builder->options.is_one_call) {
        builder->follows_jumps = false;
        root_look_at_nodes(builder);
        builder->follows_jumps = true;
        root_note_calls(builder);
    }
    root_look_at_nodes(builder);
    if (builder->follows_jumps && may_have_phases(builder))
        phases_find(builder);
}

static void free_sums(struct leaf_sum **sums)
{
    while (*sums) {
        struct leaf_sum *next = (*sums)->next;
        histogram_finish(&(*sums)->histogram);
        free(*sums);
        *sums = next;
    }
}

static void hide_tree(struct builder *builder)
{
    if (builder->keeps_trees)
        return;
    if (builder->shown) {
        tree_objects_finish(builder->shown);
        builder->shown->top = NULL;
        builder->shown->open_leaf = NULL;
    }
    builder->shown = NULL;
    children_clear(&builder->children);
    free_sums(&builder->sums);
}

static bool build_make_tree(struct builder *builder, size_t index)
{
    struct tree_thread *thread = &builder->process->threads[index];
    hide_tree(builder);
    if (builder->thread != thread)
        look_at_thread(builder, index);
    choose_nodes(builder);
    waiting_find_open(builder);
    builder->shown = thread;
    thread->top = children_add_top(&builder->children);
    if (thread->top == NULL || !add_nodes(builder)) {
        hide_tree(builder);
        builder->thread = NULL;
        return false;
    }
    count(builder, &builder->ranges[index]);
    return true;
}

/* See tree_process.show. */
static int build_show(struct builder *builder, size_t thread)
{
    if (builder->shown == &builder->process->threads[thread])
        return 0;
    return build_make_tree(builder, thread) ? 0 : -ENOMEM;
}

int tree_count(const struct tree_process *process)
{
    struct builder *builder = process->builder;
    for (size_t i = 0; builder && i < process->thread_count; i++)
        if (!builder->ranges[i].is_counted && tree_show(process, i) != 0)
            return -ENOMEM;
    return 0;
}

/* ---- the whole ---- */

/* The snapshot's list may have a leaf more than once. */
static void add_untimed(struct tree_process *process, const struct snapshot *snapshot)
{
    for (size_t i = 0; i < snapshot->untimed_count; i++) {
        const struct snapshot_untimed *from = &snapshot->untimed[i];
        size_t at = 0;
        while (at < TREE_UNTIMED && process->untimed[at].leaf &&
               strcmp(process->untimed[at].leaf, from->leaf) != 0)
            at++;
        uint64_t *calls = at < TREE_UNTIMED ? &process->untimed[at].calls
                                            : &process->others_untimed;
        *calls = add_clamped(*calls, from->calls);
        if (at < TREE_UNTIMED)
            process->untimed[at].leaf = from->leaf;
    }
}

/* The copies point to texts of the snapshot. */
static bool copy_unhooked(struct tree_process *process, const struct snapshot *snapshot)
{
    process->unhooked_groups = calloc(SNAPSHOT_UNHOOKED, sizeof *process->unhooked_groups);
    if (process->unhooked_groups == NULL)
        return false;
    for (size_t i = 0; i < SNAPSHOT_UNHOOKED; i++) {
        const struct snapshot_unhooked *from = &snapshot->unhooked[i];
        if (from->count == 0)
            continue;
        struct tree_unhooked *to = &process->unhooked_groups[process->unhooked_group_count++];
        *to = (struct tree_unhooked){from->why, from->count, from->is_linked, {NULL}};
        for (size_t k = 0; k < TREE_UNHOOKED_NAMES && from->names[k][0]; k++)
            to->names[k] = from->names[k];
        process->unhooked += from->count;
    }
    return true;
}

static void copy_head(struct tree_process *process, const struct snapshot *snapshot)
{
    process->pid = snapshot->pid;
    process->parent_pid = snapshot->parent_pid;
    process->forked = snapshot->forked;
    process->is_first = snapshot->is_first;
    process->is_running = snapshot->is_running;
    process->has_clock_stopped = snapshot->has_clock_stopped;
    process->has_unmapped = snapshot->has_unmapped;
    process->has_times = snapshot->has_times;
    process->program = snapshot->program;
    process->command = snapshot->command;
    process->title = snapshot->title;
    if (snapshot->former) {
        process->former_program = snapshot->former->program;
        process->former_command = snapshot->former->command;
    }
    process->start_ns = snapshot->start_ns;
    process->taken_ns = snapshot->taken_ns;
    process->usage = snapshot->usage;
    process->malformed = snapshot->malformed;
    add_untimed(process, snapshot);
    process->unseen_calls = snapshot->unseen_calls;
    process->deep_calls = snapshot->deep_calls;
    memcpy(process->losses, snapshot->losses, sizeof process->losses);
}

/* Returns the place of a thread in the process: the main thread is the first, the others stand
 * in the order of their first hits. */
static size_t thread_place(size_t index, size_t main_index)
{
    return index == main_index ? 0 : index < main_index ? index + 1 : index;
}

static size_t find_main(const struct snapshot *snapshot)
{
    for (size_t i = 0; i < snapshot->thread_count; i++)
        if (snapshot->threads[i].tid == snapshot->pid)
            return i;
    return 0;
}

static void add_threads(struct builder *builder)
{
    const struct snapshot *snapshot = builder->snapshot;
    size_t main_index = find_main(snapshot), node = 0;
    bool of_calls = builder->options.is_one_call;
    builder->process->thread_count = snapshot->thread_count;
    for (size_t i = 0; i < snapshot->thread_count; i++) {
        const struct snapshot_thread *from = &snapshot->threads[i];
        size_t place = thread_place(i, main_index);
        builder->process->threads[place] = (struct tree_thread){.tid = from->tid,
            .name = from->name,
            .successors = from->successors,
            .is_main = from->tid == snapshot->pid,
            .is_fibers = from->tid == 0,
            .ran_ns = of_calls ? 0 : from->ran_ns, /* in all of its calls */
            .cpu_ns = of_calls ? 0 : from->cpu_ns};
        struct node_range *range = &builder->ranges[place];
        range->first = node;
        while (node < snapshot->node_count && snapshot->nodes[node].thread == i)
            node++;
        range->end = node;
        if (range->end - range->first > builder->largest)
            builder->largest = range->end - range->first;
    }
}

/* Returns false if there is no memory. */
static bool begin_builder(struct builder *builder)
{
    const struct snapshot *snapshot = builder->snapshot;
    struct tree_process *process = calloc(1, sizeof(struct owned_process));
    if (process == NULL)
        return false;
    builder->process = process; /* it is the first member */
    process->builder = builder;
    process->show = build_show;
    process->threads = calloc(snapshot->thread_count + 1, sizeof *process->threads);
    builder->modules = calloc(snapshot->module_count + 1, sizeof *builder->modules);
    builder->ranges = calloc(snapshot->thread_count + 1, sizeof *builder->ranges);
    if (!process->threads || !builder->modules || !builder->ranges)
        return false;
    add_threads(builder);
    builder->sites = malloc((builder->largest + 1) * sizeof *builder->sites);
    copy_head(process, snapshot);
    return root_name_modules(builder) && builder->sites && copy_unhooked(process, snapshot);
}

/* Finds out what concerns all threads. Returns false if there is no memory. */
static bool build_look_at_all(struct builder *builder)
{
    for (size_t i = 0; i < builder->process->thread_count; i++)
        look_at_thread(builder, i);
    if (!builder->has_outside)
        return true;
    builder->follows_jumps = true;
    builder->jumps = malloc((builder->largest + 1) * sizeof *builder->jumps);
    for (size_t i = 0; builder->jumps && i < builder->process->thread_count; i++)
        look_at_thread(builder, i);
    return builder->jumps != NULL;
}

static void destroy_builder(struct builder *builder)
{
    free(builder->modules);
    free(builder->ranges);
    children_free_blocks(builder->names.blocks);
    free(builder->names.slots);
    free(builder->sites);
    free(builder->jumps);
    children_free_blocks(builder->children.blocks);
    free(builder->children.slots);
    free_sums(&builder->sums);
    free(builder->leaves);
    jumps_finish(&builder->known_jumps);
    free(builder);
}

struct tree_process *tree_open(
    const struct snapshot *snapshot, struct symbols *symbols, const struct tree_options *options)
{
    struct builder *builder = calloc(1, sizeof *builder);
    if (builder == NULL)
        return NULL;
    builder->snapshot = snapshot;
    builder->symbols = symbols;
    builder->options = *options;
    builder->is_main_root = name_matches(options->root, "main", NULL);
    if (begin_builder(builder) && build_look_at_all(builder))
        return builder->process;
    if (builder->process)
        tree_destroy(builder->process);
    else
        destroy_builder(builder);
    return NULL;
}

struct tree_process *tree_create(
    const struct snapshot *snapshot, struct symbols *symbols, const struct tree_options *options)
{
    struct tree_process *process = tree_open(snapshot, symbols, options);
    if (process == NULL)
        return NULL;
    struct builder *builder = process->builder;
    builder->keeps_trees = true;
    if (tree_count(process) != 0) {
        tree_destroy(process);
        return NULL;
    }
    struct owned_process *owned = (struct owned_process *)process;
    owned->blocks = builder->children.blocks;
    owned->sums = builder->sums;
    builder->children.blocks = NULL;
    builder->sums = NULL;
    destroy_builder(builder);
    process->builder = NULL;
    process->show = NULL;
    return process;
}

void tree_destroy(struct tree_process *process)
{
    if (process == NULL)
        return;
    if (process->builder)
        destroy_builder(process->builder);
    children_free_blocks(((struct owned_process *)process)->blocks);
    free_sums(&((struct owned_process *)process)->sums);
    for (size_t i = 0; i < process->thread_count; i++)
        tree_objects_finish(&process->threads[i]);
    free(process->unhooked_groups);
    free(process->threads);
    free(process);
}
