/*
 * build.c - puts the trees of processes together to a view: drops, merges and hides.
 *
 * Each tree is walked once, callers first. A step is kept for each node on the way to the current
 * one, with what is known of the path so far. Nodes of the view are made when the first leaf that
 * is wanted is met below them, so dropped paths leave nothing behind.
 */
#include "view/build.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/path.h"
#include "base/progress.h"
#include "base/sum.h"
#include "names/near_miss.h"
#include "trace_format.h"
#include "tree/process.h"
#include "tree/tree.h"
#include "view/builder.h"
#include "view/cut.h"
#include "view/facts.h"
#include "view/glob.h"
#include "view/groups.h"
#include "view/idle.h"
#include "view/internals.h"
#include "view/names.h"
#include "view/objects.h"
#include "view/weigh.h"

const struct view_options view_options_default = {
    .sort = VIEW_BY_TIME, .lines = 40, .min_percent = 1, .ellipsis = "..."};

int view_check(const struct view_options *options, char **problem)
{
    struct facts_table *facts = NULL;
    int error = facts_create(&facts, options, problem);
    facts_destroy(facts);
    return error;
}

int view_begin(struct view_builder **builder, const struct view_options *options)
{
    char *problem = NULL;
    struct view_builder *made = calloc(1, sizeof *made);
    if (made == NULL)
        return -ENOMEM;
    made->options = options;
    made->view.period_ns = options->period_ns;
    int error = facts_create(&made->facts, options, &problem);
    free(problem);
    if (error == 0 && groups_begin(made) != 0)
        error = -ENOMEM;
    if (error) {
        view_destroy(made);
        made = NULL;
    }
    *builder = made;
    return error;
}

void view_destroy(struct view_builder *builder)
{
    if (builder == NULL)
        return;
    groups_finish(builder);
    view_objects_finish(builder);
    facts_destroy(builder->facts);
    nodes_finish(&builder->nodes);
    for (size_t i = 0; i < builder->short_name_count; i++)
        free(builder->short_names[i]);
    free(builder->short_names);
    for (size_t i = 0; i < builder->view.leaf_count; i++)
        histogram_finish(&builder->view.leaves[i].durations);
    free(builder->view.leaves);
    free(builder->idle);
    free(builder->steps);
    free(builder);
}

const char *view_unmatched(
    const struct view_builder *builder, const char **option, struct near_miss *near)
{
    const char *pattern = facts_unmatched(builder->facts, option);
    if (pattern == NULL)
        return groups_unmatched(builder, option, near);
    near_miss_begin(near, pattern);
    facts_consider(builder->facts, *option, near);
    return pattern;
}

/* ---- hide ---- */

/* Returns the nearest step above that has a name and is no internal; NULL: there is none. It does
 * not depend on what is hidden, so hiding a frame makes nothing idle, and nothing busy. Nor does it
 * matter whether it is known that a function has jumped on. */
static const struct step *named_above(const struct view_builder *builder, size_t depth)
{
    while (depth-- > 0) {
        const struct step *step = &builder->steps[depth];
        if (!step->is_internal && step->node->function && !step->node->is_gone &&
            !step->node->is_phase)
            return step;
    }
    return NULL;
}

static bool is_internal(const struct step *step, const struct step *caller)
{
    const struct facts *facts = step->facts;
    if (facts->internals == NULL)
        return false;
    enum internals_when when = facts->internals->when;
    bool is_inside = caller && caller->family == facts->internals->family;
    return when == INTERNALS_ALWAYS || (when != INTERNALS_AT_TOP && is_inside) ||
           (when != INTERNALS_INSIDE && step->is_at_top);
}

/* Decides whether the step is shown. The function that --under names is, and those above are not.
 */
static void hide(const struct view_options *options, struct step *step, const struct step *caller)
{
    const struct facts *facts = step->facts;
    bool is_above = options->under.count && !step->is_under;
    bool is_first = options->under.count && step->is_under && !(caller && caller->is_under);
    bool is_unwanted = facts->is_hidden || (caller && caller->is_merged);
    step->family = facts->internals ? facts->internals->family : NULL;
    step->is_at_top = caller == NULL || caller->node->is_phase ||
                      (caller->is_at_top && caller->is_internal);
    step->is_internal = is_internal(step, caller);
    bool is_hidden = is_unwanted || (step->is_internal && !options->internals);
    step->is_hidden = is_above || (is_hidden && !is_first && !step->node->is_leaf);
    bool leaves_gap = step->is_hidden && !is_above && (is_unwanted || facts->internals->leaves_gap);
    step->has_gap = leaves_gap || (caller && caller->is_hidden && caller->has_gap);
}

/* ---- idle ---- */

/* Returns whether a rule makes idle what `outer` has called by this name. */
static bool is_idle_call(const struct step *outer, const struct tree_node *node)
{
    const struct idle_rule *rule = outer ? outer->facts->idle : NULL;
    for (; rule; rule = idle_find(rule + 1, outer->node)) {
        if (rule->inner == NULL)
            continue; /* that is one of the outer function's facts */
        if (rule->inner[0] == '\0'
                ? node->is_leaf
                : node->function && glob_matches_name(rule->inner, node->function))
            return true;
    }
    return false;
}

/* Returns whether the thread waits for work in the leaf, by its name. */
static bool is_idle_thread(const struct view_builder *builder, const struct tree_node *leaf)
{
    const struct tree_thread *thread = builder->tree;
    return leaf->is_leaf && !thread->is_main && thread->name && !builder->options->no_idle &&
           idle_is_thread(thread->name, leaf->function);
}

/* ---- drop ---- */

static bool build_is_wanted(const struct view_builder *builder, const struct step *leaf)
{
    const struct view_options *options = builder->options;
    return (options->under.count == 0 || leaf->is_under) &&
           (options->through.count == 0 || leaf->is_through) && !leaf->is_without &&
           (options->leaves.count == 0 || leaf->facts->is_leaf_wanted);
}

/* Returns whether the time of what is below the step is part of its own. */
static bool covers(const struct view_builder *builder, const struct step *step)
{
    const struct tree_node *node = step->node;
    return node->is_leaf && (node->leaf->total_ns || weigh_open_ns(builder, node)) &&
           build_is_wanted(builder, step);
}

/* ---- the path ---- */

/* Sets the step at `depth` for a node of the tree. Returns 0 or -ENOMEM. */
static int build_enter(struct view_builder *builder, const struct tree_node *node, size_t depth)
{
    if (array_reserve(&builder->steps, depth, 1, &builder->step_room, sizeof *builder->steps) != 0)
        return -ENOMEM;
    const struct step *caller = depth ? &builder->steps[depth - 1] : NULL;
    struct step *step = &builder->steps[depth];
    *step = (struct step){.node = node, .facts = facts_of(builder->facts, node)};
    if (step->facts == NULL)
        return -ENOMEM;
    const struct facts *facts = step->facts;
    step->is_under = facts->is_under || (caller && caller->is_under);
    step->is_through = facts->is_through || (caller && caller->is_through);
    step->is_without = facts->is_without || (caller && caller->is_without);
    step->is_merged = facts->is_merged || (caller && caller->is_merged);
    step->cover = caller == NULL ? 0 : covers(builder, caller) ? depth : caller->cover;
    hide(builder->options, step, caller);
    bool is_idle_caller = caller && caller->is_idle && !caller->node->is_interrupted;
    step->is_idle = is_idle_caller || facts->is_idle ||
                    is_idle_call(named_above(builder, depth), node) ||
                    is_idle_thread(builder, node);
    return 0;
}

/* The program's own file is called as the program is: /usr/bin/redis-server is a link to another
 * name. */
static const char *module_of(const struct view_builder *builder, const struct tree_node *node)
{
    if (node->is_leaf || node->module == NULL)
        return NULL;
    return strcmp(node->module, builder->program) == 0 ? builder->group->program : node->module;
}

static struct view_node contents_of(
    const struct view_builder *builder, const struct tree_node *node)
{
    struct view_node contents = {
        .kind = node->is_leaf    ? VIEW_LEAF
                : node->function ? VIEW_FRAME
                                 : VIEW_UNNAMED,
        .function = node->function,
        .linkage_name = node->linkage_name,
        .module = module_of(builder, node),
        .file = node->file,
        .line = node->line,
        .column = node->column,
        .address = node->address,
        .is_inlined = node->is_inlined,
        .is_gone = node->is_gone,
        .is_phase = node->is_phase,
        .is_interrupted = node->is_interrupted,
        .is_cut = node->flags & (TRACE_CUT | TRACE_LOST_TRACK),
        .by_frame_pointer = node->flags & TRACE_BY_FRAME_POINTER,
        .is_one_place = builder->options->sites,
        .frames = 1,
        .depth = 1,
    };
    return contents;
}

/* Returns the nearest step above `depth` that is shown as this node, or NULL. */
static const struct step *build_find_step(
    const struct view_builder *builder, size_t depth, const struct view_node *node)
{
    while (depth-- > 0)
        if (builder->steps[depth].at == node)
            return &builder->steps[depth];
    return NULL;
}

/* A function that calls itself, also by way of others, is one node. But what is hit in the body of
 * a leaf stays below it, since its time is part of the leaf's. */
static struct view_node *find_recursion(struct view_node *parent, const struct view_node *wanted)
{
    if (wanted->kind != VIEW_FRAME)
        return NULL;
    struct view_node *node = parent;
    for (; node->kind != VIEW_TOP && node->kind != VIEW_LEAF; node = node->parent)
        if (nodes_is_same(node, wanted, false))
            return node;
    return NULL;
}

static size_t count_steps_at(
    const struct view_builder *builder, size_t depth, const struct view_node *node)
{
    size_t count = 0;
    const struct step *step = &builder->steps[depth];
    while ((step = build_find_step(builder, (size_t)(step - builder->steps), node)))
        count++;
    return count;
}

/* Notes how deep a recursion, or how long a row of frames without names is. */
static void note_depth(const struct view_builder *builder, size_t depth, struct view_node *node)
{
    uint32_t count = (uint32_t)count_steps_at(builder, depth, node) + 1;
    uint32_t *most = node->kind == VIEW_UNNAMED ? &node->frames : &node->depth;
    *most = count > *most ? count : *most;
}

/* Returns the node of the view for `wanted` below wanted->parent. NULL when out of memory. */
static struct view_node *build_place(
    struct view_builder *builder, struct view_node *wanted, size_t depth)
{
    bool sites = builder->options->sites;
    struct view_node *parent = wanted->parent, *node = NULL;
    nodes_hash(wanted, sites);
    if (!sites && wanted->kind == VIEW_UNNAMED && parent->kind == VIEW_UNNAMED &&
        nodes_is_same(parent, wanted, false))
        node = parent;
    else if (!sites)
        node = find_recursion(parent, wanted);
    if (node) {
        note_depth(builder, depth, node);
        return node;
    }
    node = nodes_find(&builder->nodes, wanted, sites);
    if (node == NULL)
        return NULL;
    node->has_gap |= wanted->has_gap;
    node->is_inlined &= wanted->is_inlined;
    node->is_cut |= wanted->is_cut;
    node->by_frame_pointer |= wanted->by_frame_pointer;
    return node;
}

static void note_owners(const struct view_builder *builder, struct view_node *node)
{
    if (node->processes == 0) {
        node->pid = builder->tree_process->pid;
        node->tid = builder->tree->tid;
    }
    if (node->last_process != builder->process)
        node->processes++;
    if (node->last_thread != builder->thread)
        node->threads += builder->owners;
    node->last_process = builder->process;
    node->last_thread = builder->thread;
}

/* Makes the nodes of the view for the steps up to `depth` that are shown. Returns the last one;
 * NULL when out of memory. */
static struct view_node *place_path(struct view_builder *builder, size_t depth)
{
    struct view_node *parent = builder->group->top;
    for (size_t i = 0; i <= depth; i++) {
        struct step *step = &builder->steps[i];
        if (step->is_hidden)
            continue;
        if (step->at == NULL) {
            struct view_node wanted = contents_of(builder, step->node);
            wanted.parent = parent;
            wanted.has_gap = step->has_gap && parent->kind != VIEW_TOP;
            wanted.is_idle = step->node->is_leaf && step->is_idle;
            step->at = build_place(builder, &wanted, i);
            if (step->at == NULL)
                return NULL;
        }
        parent = step->at;
        note_owners(builder, parent);
    }
    return parent;
}

/* The same with the leaf first and its callers below. */
static struct view_node *place_inverted(struct view_builder *builder, size_t depth)
{
    struct view_node *parent = builder->group->top;
    bool is_idle = builder->steps[depth].is_idle;
    for (size_t i = depth + 1; i-- > 0;) {
        const struct step *step = &builder->steps[i];
        if (step->is_hidden)
            continue;
        struct view_node wanted = contents_of(builder, step->node);
        wanted.parent = parent;
        wanted.is_idle = is_idle;
        nodes_hash(&wanted, builder->options->sites);
        bool is_row = wanted.kind == VIEW_UNNAMED && !builder->options->sites &&
                      nodes_is_same(parent, &wanted, false);
        parent = is_row ? parent : nodes_find(&builder->nodes, &wanted, builder->options->sites);
        if (parent == NULL)
            return NULL;
        note_owners(builder, parent);
    }
    return parent;
}

/* ---- leaves ---- */

/* With the leaves first, none is below the one that has its time, so it is counted without. */
static uint64_t build_time_of(const struct view_builder *builder, const struct step *leaf)
{
    bool has_time = !(builder->options->inverts && leaf->cover);
    uint64_t ns = add_clamped(leaf->node->leaf->total_ns, weigh_open_ns(builder, leaf->node));
    return has_time ? ns : 0;
}

static void note_inner(const struct view_builder *builder, const struct step *leaf)
{
    if (leaf->cover == 0 || builder->options->inverts)
        return;
    struct view_node *outer = builder->steps[leaf->cover - 1].at;
    uint64_t *inner_ns = leaf->is_idle ? &outer->inner_idle_ns : &outer->inner_ns;
    *inner_ns = add_clamped(*inner_ns, build_time_of(builder, leaf));
}

/* Adds the leaf's numbers to a node. */
static void add_numbers(
    const struct view_builder *builder, const struct step *leaf, struct view_node *to)
{
    const struct tree_leaf *from = leaf->node->leaf;
    uint64_t open_ns = weigh_open_ns(builder, leaf->node);
    uint64_t longest = from->longest_ns > open_ns ? from->longest_ns : open_ns;
    to->own_hits = add_clamped(to->own_hits, from->hits);
    to->own_open = add_clamped(to->own_open, from->hits - from->returns);
    to->own_ns = add_clamped(to->own_ns, build_time_of(builder, leaf));
    to->own_open_ns = open_ns > to->own_open_ns ? open_ns : to->own_open_ns;
    to->longest_ns = longest > to->longest_ns ? longest : to->longest_ns;
    ages_add(&to->own_ages, from->ages);
}

/* With the leaves first, the leaf is the outermost node, and `at` is its outermost caller. */
static int build_add_durations(
    const struct view_builder *builder, const struct step *leaf, struct view_node *at)
{
    while (builder->options->inverts && at->parent->kind != VIEW_TOP)
        at = at->parent;
    const struct histogram *durations = leaf->node->leaf->durations;
    if (durations == NULL)
        return 0;
    if (at->durations == NULL)
        at->durations = calloc(1, sizeof *at->durations);
    return at->durations ? histogram_add(at->durations, durations) : -ENOMEM;
}

/* The nodes of a thread stand together. */
static int note_idle(struct view_builder *builder, const struct step *leaf)
{
    const struct tree_leaf *calls = leaf->node->leaf;
    int tid = builder->tree->tid;
    if (!leaf->is_idle || calls->hits == calls->returns ||
        (builder->idle_count && builder->idle[builder->idle_count - 1] == tid))
        return 0;
    if (array_reserve(&builder->idle, builder->idle_count, 1, &builder->idle_room,
            sizeof *builder->idle) != 0)
        return -ENOMEM;
    builder->idle[builder->idle_count++] = tid;
    return 0;
}

const int *view_idle_threads(const struct view_builder *builder, size_t *count)
{
    *count = builder->idle_count;
    return builder->idle;
}

static int take_leaf(struct view_builder *builder, size_t depth)
{
    const struct step *leaf = &builder->steps[depth];
    struct view *view = &builder->view;
    if (leaf->node->leaf->hits == 0)
        return 0;
    if (!build_is_wanted(builder, leaf)) {
        view->dropped_hits = add_clamped(view->dropped_hits, leaf->node->leaf->hits);
        return 0;
    }
    if (builder->group == NULL && groups_enter(builder) != 0)
        return -ENOMEM;
    struct view_node *at = builder->options->inverts ? place_inverted(builder, depth)
                                                     : place_path(builder, depth);
    if (at == NULL)
        return -ENOMEM;
    add_numbers(builder, leaf, at);
    note_inner(builder, leaf);
    int error = build_add_durations(builder, leaf, at);
    if (error == 0)
        error = note_idle(builder, leaf);
    if (error == 0)
        error = view_objects_add(builder, leaf->node, at);
    return error ? error : weigh_note_leaf(builder, leaf, at);
}

/* ---- threads and processes ---- */

static int build_add_thread(struct view_builder *builder, const struct tree_thread *thread)
{
    const struct tree_node *node = thread->top->first_child;
    size_t depth = 0;
    int error = 0;
    while (node && error == 0) {
        progress_advance(1);
        error = build_enter(builder, node, depth);
        if (error == 0 && node->is_leaf)
            error = take_leaf(builder, depth);
        if (node->first_child) {
            node = node->first_child;
            depth++;
            continue;
        }
        while (node != thread->top && node->next_sibling == NULL) {
            node = node->parent;
            depth--;
        }
        node = node->next_sibling; /* a top has none */
    }
    return error;
}

int view_add(struct view_builder *builder, const struct tree_process *process)
{
    struct view *view = &builder->view;
    int error = 0;
    builder->process++;
    builder->idle_count = 0;
    builder->tree_process = process;
    builder->program = path_base_name(process->program);
    view->has_times |= process->has_times;
    view->processes++;
    for (size_t i = 0; i < process->thread_count && error == 0; i++) {
        const struct tree_thread *thread = &process->threads[i];
        error = tree_show(process, i);
        if (error || thread->hits == 0)
            continue;
        if (!groups_is_wanted(builder, process, thread)) {
            view->dropped_hits = add_clamped(view->dropped_hits, thread->hits);
            continue;
        }
        builder->tree = thread;
        builder->thread++;
        builder->owners = 1 + thread->successors;
        builder->group = NULL;
        error = build_add_thread(builder, thread);
    }
    return error;
}

struct facts_table *view_facts(struct view_builder *builder)
{
    return builder->facts;
}

bool view_wants_tasks(struct view_builder *builder, const struct tree_process *process)
{
    return groups_wants_tasks(builder, process);
}

void view_sort(struct view_builder *builder, enum view_sort sort)
{
    weigh_sort(&builder->view, sort);
}

const struct view *view_end(struct view_builder *builder)
{
    weigh(builder);
    view_objects_weigh(builder);
    cut(builder);
    view_objects_choose(builder);
    names_shorten(builder);
    return &builder->view;
}
