/*
 * build.c - cuts the recorded tree at the root and builds downtraces from the rest.
 *
 * The recorded nodes are visited by index: callers come before the nodes that they called, and
 * siblings in the order of their first execution. So no pass recurses, however deep the tree is,
 * and children are in order because they are appended.
 *
 * There are four passes: names, and whether the root is above (outermost first); which nodes lead
 * to a shown leaf (innermost first); the nodes of the shown tree (outermost first); totals.
 */
#include "tree/build.h"

#include <stdlib.h>
#include <string.h>

#include "base/sum.h"
#include "names/match.h"
#include "symbols/symbols.h"
#include "trace_format.h"
#include "tree/objects.h"
#include "tree/recorded.h"
#include "tree/root.h"
#include "tree/waiting.h"

struct owned_process {
    struct tree_process process; /* first: tree_destroy gets its address */
    struct node_block *blocks;
};

/* ---- second pass: which nodes lead to a shown leaf ---- */

/* A hit without the root above it is shown if no thread has called the root. It is also shown if
 * the user has not chosen the root, and main cannot be on its path, or may be on the part that is
 * unknown. */
static bool is_leaf_shown(
    const struct builder *builder, const struct snapshot_node *node, const struct site *site)
{
    const struct tree_process *process = builder->process;
    if (site->is_below_root || !process->root_found || builder->options->is_one_call)
        return true;
    return builder->options->root_is_default &&
           (!process->threads[builder->threads[node->thread]].is_main || site->is_cut ||
               site->is_own_stack);
}

/* Returns whether the node is a child of its caller; if not, it stands at the top of its thread. */
static bool hangs_on_caller(const struct builder *builder, size_t index)
{
    const struct snapshot_node *node = &builder->snapshot->nodes[index];
    const struct site *site = &builder->sites[index];
    if (node->caller == SNAPSHOT_NONE || site->root_at != NO_ROOT || site->jumped)
        return false;
    /* Start code is omitted, unless the path has nothing else. */
    return node->kind == SNAPSHOT_LEAF || site->is_start_code ||
           !builder->sites[node->caller].is_start_code;
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
static bool is_absorbed(struct builder *builder, const struct snapshot_node *leaf)
{
    const struct tree_options *options = builder->options;
    const struct snapshot_node *outer = options->is_implied ? find_outer(builder, leaf) : NULL;
    return outer && outer->hits == leaf->hits && options->is_implied(options->argument, leaf->leaf);
}

static void choose_nodes(struct builder *builder)
{
    for (size_t i = builder->snapshot->node_count; i-- > 0;) {
        const struct snapshot_node *node = &builder->snapshot->nodes[i];
        struct site *site = &builder->sites[i];
        struct tree_thread *thread = &builder->process->threads[builder->threads[node->thread]];
        if (node->kind == SNAPSHOT_LEAF && node->hits && !is_absorbed(builder, node)) {
            site->is_shown = is_leaf_shown(builder, node, site);
            uint64_t *hits = site->is_shown ? &thread->hits : &thread->outside_hits;
            *hits = add_clamped(*hits, node->hits);
        }
        if (site->is_shown && hangs_on_caller(builder, i))
            builder->sites[node->caller].is_shown = true;
    }
}

/* ---- third pass: the nodes of the shown tree ---- */

/* Appends the functions of a frame, outermost first; if the root is among them, begins at the
 * root. */
static bool add_frame(struct builder *builder, const struct snapshot_node *node, struct site *site,
    struct tree_node *parent)
{
    const char *path = NULL, *base = NULL;
    if (node->module != SNAPSHOT_NONE) {
        path = builder->snapshot->modules[node->module].path;
        base = builder->modules[node->module].base;
    }
    uint32_t flags = node->flags & TRACE_BY_FRAME_POINTER;
    if (node->caller == SNAPSHOT_NONE)
        flags |= node->flags & (TRACE_CUT | TRACE_LOST_TRACK);

    const struct symbol_chain *chain = root_chain_of(builder, node, site);
    for (size_t i = site->root_at == NO_ROOT ? 0 : site->root_at; i < chain->count; i++) {
        const struct symbol_frame *frame = &chain->frames[i];
        struct tree_node wanted = {
            .parent = parent,
            .function = frame->function,
            .linkage_name = frame->linkage_name,
            .file = frame->file,
            .line = frame->line,
            .column = frame->column,
            .module = base,
            .address = node->address,
            .is_inlined = frame->is_inlined,
            .is_interrupted = node->kind == SNAPSHOT_INTERRUPTED && i + 1 == chain->count,
        };
        parent = children_find(&builder->children, &wanted, path);
        if (parent == NULL)
            return false;
        parent->flags |= i == 0 ? flags : 0;
    }
    site->below = parent;
    return true;
}

static bool add_leaf(
    struct builder *builder, const struct snapshot_node *node, struct tree_node *parent)
{
    struct tree_node wanted = {.parent = parent, .function = node->leaf, .is_leaf = true};
    struct tree_node *leaf = children_find(&builder->children, &wanted, NULL);
    wanted.parent = &builder->leaf_names;
    if (leaf == NULL || children_find(&builder->children, &wanted, NULL) == NULL)
        return false;
    leaf->linkage_name = node->leaf;
    leaf->hits = add_clamped(leaf->hits, node->hits);
    leaf->returns = add_clamped(leaf->returns, node->returns);
    leaf->total_ns = add_clamped(leaf->total_ns, node->total_ns);
    if (node->longest_ns > leaf->longest_ns)
        leaf->longest_ns = node->longest_ns;
    if (node->entered_ns > leaf->entered_ns)
        leaf->entered_ns = node->entered_ns;
    if (node->caller == SNAPSHOT_NONE)
        leaf->flags |= TRACE_LOST_TRACK;
    if (builder->open[node->thread].node == node)
        builder->open[node->thread].leaf = leaf;
    return tree_objects_add(builder, node, leaf);
}

/* Adds the root that has ended in a jump. NULL when out of memory. */
static struct tree_node *add_gone(
    struct builder *builder, const char *function, struct tree_node *top)
{
    struct tree_node wanted = {.parent = top, .function = function, .is_gone = true};
    return children_find(&builder->children, &wanted, NULL);
}

/* Returns the parent of the node: a node inside a leaf is below that leaf. NULL when out of
 * memory. */
static struct tree_node *find_parent(struct builder *builder, size_t index)
{
    const struct snapshot_node *node = &builder->snapshot->nodes[index];
    const char *jumped = builder->sites[index].jumped;
    struct tree_node *top = builder->process->threads[builder->threads[node->thread]].top;
    if (!hangs_on_caller(builder, index)) {
        builder->process->is_root_implied |= jumped && !*jumped;
        return jumped && *jumped ? add_gone(builder, jumped, top) : top;
    }
    struct tree_node *below = builder->sites[node->caller].below, *leaf = NULL;
    if (node->within)
        leaf = children_find_leaf(&builder->children, below, node->within);
    return leaf ? leaf : below;
}

static bool add_nodes(struct builder *builder)
{
    for (size_t i = 0; i < builder->snapshot->node_count; i++) {
        const struct snapshot_node *node = &builder->snapshot->nodes[i];
        struct site *site = &builder->sites[i];
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

static void count(struct builder *builder)
{
    struct tree_process *process = builder->process;
    for (size_t i = 0; i < process->thread_count; i++) {
        struct tree_thread *thread = &process->threads[builder->threads[i]];
        waiting_count(process, thread, &builder->open[i]);
        tree_objects_settle(thread, builder->options);
        process->waiting_ns = add_clamped(process->waiting_ns, thread->waiting_ns);
        process->hits = add_clamped(process->hits, thread->hits);
        process->outside_hits = add_clamped(process->outside_hits, thread->outside_hits);
    }
    for (struct tree_node *leaf = builder->leaf_names.first_child; leaf; leaf = leaf->next_sibling)
        process->leaf_count++;
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
    memcpy(process->losses, snapshot->losses, sizeof process->losses);
}

/* Adds the main thread first, the others in the order of their first hits. */
static bool add_threads(struct builder *builder)
{
    const struct snapshot *snapshot = builder->snapshot;
    size_t main_at = 0;
    while (main_at < snapshot->thread_count && snapshot->threads[main_at].tid != snapshot->pid)
        main_at++;
    for (size_t i = 0; i < snapshot->thread_count; i++) {
        bool is_before_main = main_at < snapshot->thread_count && i < main_at;
        builder->threads[i] = i == main_at ? 0 : is_before_main ? i + 1 : i;
        struct tree_thread *thread = &builder->process->threads[builder->threads[i]];
        thread->tid = snapshot->threads[i].tid;
        thread->name = snapshot->threads[i].name;
        thread->successors = snapshot->threads[i].successors;
        thread->is_main = thread->tid == snapshot->pid;
        thread->top = children_allocate(&builder->children);
        if (thread->top == NULL)
            return false;
    }
    builder->process->thread_count = snapshot->thread_count;
    return true;
}

static bool build_allocate(struct builder *builder)
{
    const struct snapshot *snapshot = builder->snapshot;
    builder->process = calloc(1, sizeof(struct owned_process)); /* a tree_process is its first
                                                                 * member */
    builder->modules = calloc(snapshot->module_count + 1, sizeof *builder->modules);
    builder->sites = calloc(snapshot->node_count + 1, sizeof *builder->sites);
    builder->threads = calloc(snapshot->thread_count + 1, sizeof *builder->threads);
    builder->open = calloc(snapshot->thread_count + 1, sizeof *builder->open);
    if (!builder->process || !builder->modules || !builder->sites || !builder->threads ||
        !builder->open)
        return false;
    builder->process->threads = calloc(
        snapshot->thread_count + 1, sizeof *builder->process->threads);
    return builder->process->threads != NULL;
}

struct tree_process *tree_create(
    const struct snapshot *snapshot, struct symbols *symbols, const struct tree_options *options)
{
    struct builder builder = {.snapshot = snapshot, .symbols = symbols, .options = options};
    builder.is_main_root = name_matches(options->root, "main", NULL);
    struct tree_process *process = NULL;
    if (!build_allocate(&builder) || !add_threads(&builder))
        goto out;
    copy_head(builder.process, snapshot);
    if (!copy_unhooked(builder.process, snapshot))
        goto out;
    root_name_modules(&builder);
    root_look_at_nodes(&builder);
    if (builder.has_outside) {
        builder.follows_jumps = true;
        if (options->is_one_call)
            root_note_calls(&builder);
        root_look_at_nodes(&builder);
    }
    choose_nodes(&builder);
    waiting_find_open(&builder);
    if (!add_nodes(&builder))
        goto out;
    count(&builder);
    process = builder.process;
out:
    if (builder.process)
        ((struct owned_process *)builder.process)->blocks = builder.children.blocks;
    if (process == NULL)
        tree_destroy(builder.process);
    free(builder.modules);
    free(builder.sites);
    free(builder.threads);
    free(builder.open);
    free(builder.children.slots);
    free(builder.leaves);
    return process;
}

void tree_destroy(struct tree_process *process)
{
    if (process == NULL)
        return;
    children_free_blocks(((struct owned_process *)process)->blocks);
    for (size_t i = 0; i < process->thread_count; i++)
        tree_objects_finish(&process->threads[i]);
    free(process->unhooked_groups);
    free(process->threads);
    free(process);
}
