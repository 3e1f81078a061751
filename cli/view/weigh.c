/*
 * weigh.c - the pass that gives each node of a view what is below it, and sorts.
 */
#include "view/weigh.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/sum.h"
#include "tree/tree.h"
#include "view/builder.h"

/* ---- sums ---- */

static uint64_t weigh_larger(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

/* A path that comes back to a function, which is one node with it, leaves no hits below. */
static void remove_empty_children(struct view_node *parent)
{
    struct view_node **link = &parent->first_child;
    parent->last_child = NULL;
    while (*link) {
        if ((*link)->hits == 0) {
            *link = (*link)->next_sibling;
            continue;
        }
        parent->last_child = *link;
        link = &(*link)->next_sibling;
    }
}

/* All that is below the node has been added to it. The sums are whole, or at their greatest value,
 * so they are not less than what is taken off. */
static void weigh_finish(struct view_node *node)
{
    remove_empty_children(node);
    node->hits = add_clamped(node->hits, node->own_hits);
    node->open = add_clamped(node->open, node->own_open);
    node->open_ns = weigh_larger(node->open_ns, node->own_open_ns);
    node->paths += node->own_hits > 0;
    uint64_t *own = node->is_idle ? &node->idle_ns : &node->time_ns;
    node->time_ns -= node->inner_ns;
    node->idle_ns -= node->inner_idle_ns;
    *own = add_clamped(*own, node->own_ns);
    if (node->is_idle)
        node->idle_hits = node->hits;
}

static void add_to(struct view_node *to, const struct view_node *from)
{
    to->hits = add_clamped(to->hits, from->hits);
    to->paths += from->paths;
    to->time_ns = add_clamped(to->time_ns, from->time_ns);
    to->idle_ns = add_clamped(to->idle_ns, from->idle_ns);
    to->idle_hits = add_clamped(to->idle_hits, from->idle_hits);
    to->longest_ns = weigh_larger(to->longest_ns, from->longest_ns);
    to->open = add_clamped(to->open, from->open);
    to->open_ns = weigh_larger(to->open_ns, from->open_ns);
}

/* Visits callers last. */
static void sum_up(struct view_node *top)
{
    struct view_node *node = top;
    for (;;) {
        while (node->first_child)
            node = node->first_child;
        for (;;) {
            weigh_finish(node);
            if (node == top)
                return;
            add_to(node->parent, node);
            if (node->next_sibling)
                break;
            node = node->parent;
        }
        node = node->next_sibling;
    }
}

/* ---- order ---- */

static int compare_numbers(uint64_t a, uint64_t b)
{
    return a < b ? 1 : a > b ? -1 : 0;
}

static int compare_sums(const struct view_node *a, const struct view_node *b, enum view_sort sort)
{
    if (sort == VIEW_BY_ORDER)
        return compare_numbers(b->order, a->order);
    int by_time = compare_numbers(a->time_ns, b->time_ns);
    int by_hits = compare_numbers(a->hits, b->hits);
    if (sort == VIEW_BY_HITS)
        return by_hits ? by_hits : by_time;
    int by_idle = compare_numbers(a->idle_ns, b->idle_ns);
    return by_time ? by_time : by_idle ? by_idle : by_hits;
}

/* An element of an array that is sorted; those that are equal keep their order. */
struct element {
    const struct view_node *node;
    size_t index; /* before */
    enum view_sort sort;
};

static int compare_elements(const void *left, const void *right)
{
    const struct element *a = left, *b = right;
    int result = compare_sums(a->node, b->node, a->sort);
    return result ? result : a->index < b->index ? -1 : 1;
}

static void link_children(struct view_node *parent, const struct element *elements, size_t count)
{
    struct view_node **link = &parent->first_child;
    for (size_t i = 0; i < count; i++) {
        struct view_node *child = (struct view_node *)elements[i].node;
        *link = child;
        link = &child->next_sibling;
        parent->last_child = child;
    }
    *link = NULL;
}

/* Without memory, the children stay in order of execution. */
static void sort_children(struct view_node *parent, enum view_sort sort)
{
    size_t count = 0, filled = 0;
    for (const struct view_node *child = parent->first_child; child; child = child->next_sibling)
        count++;
    if (count < 2)
        return;
    struct element *elements = calloc(count, sizeof *elements);
    if (elements == NULL)
        return;
    for (const struct view_node *child = parent->first_child; child; child = child->next_sibling) {
        elements[filled] = (struct element){child, filled, sort};
        filled++;
    }
    qsort(elements, count, sizeof *elements, compare_elements);
    link_children(parent, elements, count);
    free(elements);
}

static void sort_tree(struct view_node *top, enum view_sort sort)
{
    struct view_node *node = top;
    while (node) {
        sort_children(node, sort);
        if (node->first_child) {
            node = node->first_child;
            continue;
        }
        while (node != top && node->next_sibling == NULL)
            node = node->parent;
        node = node->next_sibling; /* a top has none */
    }
}

/* There are few groups. */
static void sort_groups(struct view *view, enum view_sort sort)
{
    for (size_t i = 1; i < view->group_count; i++) {
        struct view_group group = view->groups[i];
        size_t at = i;
        for (; at > 0 && compare_sums(view->groups[at - 1].top, group.top, sort) > 0; at--)
            view->groups[at] = view->groups[at - 1];
        view->groups[at] = group;
    }
}

void weigh_sort(struct view *view, enum view_sort sort)
{
    for (size_t i = 0; i < view->group_count; i++)
        sort_tree(view->groups[i].top, sort);
    sort_groups(view, sort);
}

/* ---- the table of leaves ---- */

static struct view_leaf *find_leaf(struct view_builder *builder, const char *name)
{
    struct view *view = &builder->view;
    for (size_t i = 0; i < view->leaf_count; i++)
        if (view->leaves[i].name == name || strcmp(view->leaves[i].name, name) == 0)
            return &view->leaves[i];
    if (array_reserve(
            &view->leaves, view->leaf_count, 1, &builder->leaf_room, sizeof *view->leaves) != 0)
        return NULL;
    struct view_leaf *leaf = &view->leaves[view->leaf_count++];
    *leaf = (struct view_leaf){.name = name};
    return leaf;
}

uint64_t weigh_open_ns(const struct view_builder *builder, const struct tree_node *leaf)
{
    return builder->tree->open_leaf == leaf ? builder->tree->open_ns : 0;
}

int weigh_note_leaf(
    struct view_builder *builder, const struct step *leaf, const struct view_node *at)
{
    const struct tree_node *node = leaf->node;
    struct view_leaf *to = find_leaf(builder, node->function);
    if (to == NULL)
        return -ENOMEM;
    const struct tree_leaf *counted = node->leaf;
    uint64_t open_ns = weigh_open_ns(builder, node);
    uint64_t ns = add_clamped(counted->total_ns, open_ns);
    uint64_t *time = leaf->is_idle ? &to->idle_ns : &to->time_ns;
    *time = add_clamped(*time, ns);
    to->hits = add_clamped(to->hits, counted->hits);
    to->open = add_clamped(to->open, counted->hits - counted->returns);
    to->longest_ns = weigh_larger(to->longest_ns, weigh_larger(counted->longest_ns, open_ns));
    to->paths += at->own_hits == counted->hits; /* it was the first to be counted here */
    return 0;
}

static int compare_leaves(const void *left, const void *right)
{
    const struct view_leaf *a = left, *b = right;
    int result = compare_numbers(a->time_ns, b->time_ns);
    result = result ? result : compare_numbers(a->idle_ns, b->idle_ns);
    result = result ? result : compare_numbers(a->hits, b->hits);
    return result ? result : strcmp(a->name, b->name);
}

/* ---- the whole ---- */

void weigh(struct view_builder *builder)
{
    struct view *view = &builder->view;
    enum view_sort sort = builder->options->sort;
    for (size_t i = 0; i < view->group_count; i++) {
        struct view_node *top = view->groups[i].top;
        sum_up(top);
        view->hits = add_clamped(view->hits, top->hits);
        view->paths += top->paths;
        view->time_ns = add_clamped(view->time_ns, top->time_ns);
        view->idle_ns = add_clamped(view->idle_ns, top->idle_ns);
        view->idle_hits = add_clamped(view->idle_hits, top->idle_hits);
        view->open = add_clamped(view->open, top->open);
    }
    if (sort != VIEW_BY_ORDER)
        weigh_sort(view, sort);
    if (view->leaf_count > 0)
        qsort(view->leaves, view->leaf_count, sizeof *view->leaves, compare_leaves);
}
