/*
 * cut.c - the pass that chooses what is shown.
 *
 * Nodes are taken by weight, the heaviest first, until the lines are used up. A node weighs no more
 * than its parent, so a node is never taken before those on its way to the root. A node that has
 * nearly all that its parent has takes no line of its own, since it is drawn behind its parent: it
 * is always taken, so a line ends at a leaf if it can. Lines that are left over tell what is
 * missing below a node, where it matters.
 */
#include "view/cut.h"

#include <stdint.h>
#include <stdlib.h>

#include "base/array.h"
#include "base/sum.h"
#include "view/builder.h"

/* A node has nearly all of its parent if it has this part of it. */
#define NEARLY_ALL 0.95

/* Hits matter less than time, and waiting for work less than waiting in work. */
#define HITS_WEIGHT 0.2
#define IDLE_WEIGHT 0.3

struct candidate {
    double weight;
    size_t order; /* of candidates with equal weights the earlier one is taken */
    struct view_node *node;
};

/* A binary heap: no candidate is heavier than the one at half of its index. */
struct heap {
    struct candidate *list; /* malloc'ed */
    size_t count, room, pushed;
};

static bool is_heavier(const struct candidate *a, const struct candidate *b)
{
    return a->weight > b->weight || (a->weight == b->weight && a->order < b->order);
}

static void swap(struct candidate *a, struct candidate *b)
{
    struct candidate kept = *a;
    *a = *b;
    *b = kept;
}

/* Without memory, the node is not shown, but counted. */
static void cut_push(struct heap *heap, struct view_node *node, double weight)
{
    if (array_reserve(&heap->list, heap->count, 1, &heap->room, sizeof *heap->list) != 0)
        return;
    size_t at = heap->count++;
    heap->list[at] = (struct candidate){weight, heap->pushed++, node};
    for (; at > 0 && is_heavier(&heap->list[at], &heap->list[(at - 1) / 2]); at = (at - 1) / 2)
        swap(&heap->list[at], &heap->list[(at - 1) / 2]);
}

static struct view_node *cut_pop(struct heap *heap)
{
    struct view_node *node = heap->list[0].node;
    heap->list[0] = heap->list[--heap->count];
    for (size_t at = 0;;) {
        size_t child = 2 * at + 1;
        if (child + 1 < heap->count && is_heavier(&heap->list[child + 1], &heap->list[child]))
            child++;
        if (child >= heap->count || !is_heavier(&heap->list[child], &heap->list[at]))
            return node;
        swap(&heap->list[at], &heap->list[child]);
        at = child;
    }
}

/* ---- weights ---- */

static double part(uint64_t some, uint64_t all)
{
    return all ? (double)some / (double)all : 0;
}

static double larger_part(double a, double b)
{
    return a > b ? a : b;
}

/* Returns the node's part of the whole view, from 0 to 1. */
static double weigh_node(const struct view *view, const struct view_node *node)
{
    double hits = part(node->hits, view->hits);
    if (node->is_phase) /* it always has a line */
        return 1;
    if (view->time_ns == 0 && view->idle_ns == 0)
        return hits;
    double time = larger_part(
        part(node->time_ns, view->time_ns), part(node->idle_ns, view->idle_ns) * IDLE_WEIGHT);
    return larger_part(time, hits * HITS_WEIGHT);
}

/* ---- lines ---- */

static bool has_nearly_all(const struct view_node *node)
{
    const struct view_node *parent = node->parent;
    uint64_t ns = node->time_ns + node->idle_ns, parent_ns = parent->time_ns + parent->idle_ns;
    if (parent->kind == VIEW_LEAF)
        return false;
    if (parent_ns)
        return (double)ns >= NEARLY_ALL * (double)parent_ns;
    return (double)node->hits >= NEARLY_ALL * (double)parent->hits;
}

bool cut_continues_line(const struct view_node *node)
{
    return node->parent->shown_children == 1 && has_nearly_all(node);
}

bool cut_has_heading(const struct view *view, const struct view_group *group)
{
    return view->group_count > 1 || group->processes > 1 || group->thread_key != NULL;
}

const struct view_node *cut_next_child(
    const struct view_node *parent, const struct view_node *child)
{
    child = child ? child->next_sibling : parent->first_child;
    while (child && !child->is_shown)
        child = child->next_sibling;
    return child;
}

/* Returns how many more lines the drawing has with the node, whose parent is shown. */
static size_t lines_of(
    const struct view_options *options, const struct view_node *node, bool parent_has_line)
{
    const struct view_node *parent = node->parent;
    if (options->places)
        return 1;
    if (parent->shown_children == 0)
        return !(parent_has_line && has_nearly_all(node));
    bool first_continues = parent->shown_children == 1 && parent_has_line &&
                           has_nearly_all(cut_next_child(parent, NULL));
    return first_continues ? 2 : 1;
}

/* ---- the choice ---- */

static bool cut_is_wanted(
    const struct view_options *options, const struct view_node *node, double weight)
{
    if (node->longest_ns < options->min_ns)
        return false;
    return (node->open && options->min_ns == 0) || weight * 100 >= options->min_percent;
}

/* A node that has nearly all of its parent takes no line, whatever its share is. But it may have
 * nothing of the call for which the parent is shown. */
static bool takes_no_line(const struct view_options *options, const struct view_node *node)
{
    return has_nearly_all(node) && node->longest_ns >= options->min_ns;
}

static const struct view_group *group_of(const struct view *view, const struct view_node *top)
{
    size_t i = 0;
    while (view->groups[i].top != top)
        i++;
    return &view->groups[i];
}

static bool cut_has_line(const struct view *view, const struct view_node *node)
{
    return node->kind != VIEW_TOP || cut_has_heading(view, group_of(view, node));
}

static void push_children(
    struct heap *heap, const struct view_builder *builder, const struct view_node *parent)
{
    for (struct view_node *child = parent->first_child; child; child = child->next_sibling) {
        double weight = weigh_node(&builder->view, child);
        if (takes_no_line(builder->options, child) ||
            cut_is_wanted(builder->options, child, weight))
            cut_push(heap, child, weight);
    }
}

static void show(struct view_node *node)
{
    node->is_shown = true;
    if (node->parent)
        node->parent->shown_children++;
}

/* Returns how many lines it has used. */
static size_t cut_choose_nodes(struct view_builder *builder)
{
    struct view *view = &builder->view;
    struct heap heap = {0};
    size_t used = 0;
    for (size_t i = 0; i < view->group_count; i++)
        cut_push(&heap, view->groups[i].top, weigh_node(view, view->groups[i].top));
    while (heap.count > 0) {
        struct view_node *node = cut_pop(&heap);
        size_t lines = node->parent
                           ? lines_of(builder->options, node, cut_has_line(view, node->parent))
                           : cut_has_line(view, node);
        if (used + lines > builder->options->lines - builder->object_lines)
            continue;
        used += lines;
        show(node);
        push_children(&heap, builder, node);
    }
    free(heap.list);
    return used;
}

struct view_node cut_rest(const struct view_node *parent, size_t *count)
{
    struct view_node rest = {.kind = VIEW_FRAME, .parent = (struct view_node *)parent};
    *count = 0;
    for (const struct view_node *child = parent->first_child; child; child = child->next_sibling) {
        if (child->is_shown)
            continue;
        rest.paths += child->paths;
        rest.hits = add_clamped(rest.hits, child->hits);
        rest.time_ns = add_clamped(rest.time_ns, child->time_ns);
        rest.idle_ns = add_clamped(rest.idle_ns, child->idle_ns);
        rest.open = add_clamped(rest.open, child->open);
        rest.open_ns = child->open_ns > rest.open_ns ? child->open_ns : rest.open_ns;
        if (child->longest_ns > rest.longest_ns)
            rest.longest_ns = child->longest_ns;
        ++*count;
    }
    return rest;
}

/* Returns whether the lines below the node begin with one that is not a part of its own. */
static bool has_lines_below(const struct view_builder *builder, const struct view_node *node)
{
    const struct view_node *first = cut_next_child(node, NULL);
    bool goes_on = first && !builder->options->places && cut_has_line(&builder->view, node) &&
                   cut_continues_line(first);
    return first && !goes_on;
}

static struct view_node *cut_next_shown(const struct view_node *node, const struct view_node *top)
{
    const struct view_node *next = cut_next_child(node, NULL);
    while (next == NULL && node != top) {
        next = cut_next_child(node->parent, node);
        node = node->parent;
    }
    return (struct view_node *)next;
}

static void push_rests(struct heap *heap, const struct view_builder *builder, struct view_node *top)
{
    for (struct view_node *node = top; node; node = cut_next_shown(node, top)) {
        size_t count;
        if (!has_lines_below(builder, node))
            continue;
        struct view_node rest = cut_rest(node, &count);
        double weight = weigh_node(&builder->view, &rest);
        if (count > 0 && cut_is_wanted(builder->options, &rest, weight))
            cut_push(heap, node, weight);
    }
}

/* What is not shown is wanted together as a node would be. */
static void choose_rests(struct view_builder *builder, size_t lines)
{
    struct view *view = &builder->view;
    struct heap heap = {0};
    for (size_t i = 0; i < view->group_count && lines > 0; i++)
        if (view->groups[i].top->is_shown)
            push_rests(&heap, builder, view->groups[i].top);
    for (; lines > 0 && heap.count > 0; lines--)
        cut_pop(&heap)->has_rest = true;
    free(heap.list);
}

struct view_node *cut_next(struct view_node *node, const struct view_node *top)
{
    if (node->first_child)
        return node->first_child;
    while (node != top && node->next_sibling == NULL)
        node = node->parent;
    return node == top ? NULL : node->next_sibling;
}

static bool shows_all(const struct view_options *options)
{
    return options->lines == SIZE_MAX && options->min_ns == 0 && options->min_percent <= 0;
}

static void cut_show_all(struct view *view)
{
    for (size_t i = 0; i < view->group_count; i++)
        for (struct view_node *top = view->groups[i].top, *node = top; node;
             node = cut_next(node, top))
            show(node);
}

/* ---- the rest ---- */

static void count_part(struct view *view, const struct view_node *node, bool is_rest)
{
    uint64_t sign = is_rest ? 1 : (uint64_t)-1; /* modulo 2^64 */
    view->cut_paths += sign * node->paths;
    view->cut_ns += sign * node->time_ns;
    view->cut_idle_ns += sign * node->idle_ns;
    view->cut_hits += sign * node->hits;
}

static bool has_inner_time(const struct view_node *node)
{
    return node->inner_ns || node->inner_idle_ns;
}

/* A shown node without shown children stands for all that is below it. Of any other what its shown
 * children do not have is missing in the drawing; but a leaf that has the time of leaves below has
 * all time itself. */
static void count_rest_of(struct view *view, const struct view_node *node)
{
    struct view_node rest = *node;
    bool has_all_time = node->is_within || has_inner_time(node);
    if (node->shown_children == 0)
        return;
    rest.hits -= node->own_hits;
    rest.paths -= node->own_hits > 0;
    *(node->is_idle ? &rest.idle_ns : &rest.time_ns) -= node->own_ns;
    if (has_all_time)
        rest.time_ns = rest.idle_ns = 0;
    count_part(view, &rest, true);
    for (const struct view_node *child = cut_next_child(node, NULL); child;
         child = cut_next_child(node, child)) {
        struct view_node shown = *child;
        if (has_all_time)
            shown.time_ns = shown.idle_ns = 0;
        count_part(view, &shown, false);
    }
}

static void count_rest(struct view *view)
{
    for (size_t i = 0; i < view->group_count; i++) {
        struct view_node *top = view->groups[i].top;
        if (!top->is_shown || (top->shown_children == 0 && !cut_has_line(view, top)))
            count_part(view, top, true);
        for (struct view_node *node = top; node; node = cut_next(node, top)) {
            node->is_within = node != top &&
                              (node->parent->is_within || has_inner_time(node->parent));
            if (node->is_shown)
                count_rest_of(view, node);
        }
    }
}

void cut(struct view_builder *builder)
{
    if (shows_all(builder->options))
        cut_show_all(&builder->view);
    else
        choose_rests(builder, builder->options->lines - cut_choose_nodes(builder));
    count_rest(&builder->view);
}
