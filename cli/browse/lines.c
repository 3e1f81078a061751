/*
 * lines.c - the lines that a browser shows of a view.
 *
 * The list is made anew after each change: a million lines take some 20 ms.
 */
#include "browse/lines.h"

#include <errno.h>
#include <stdlib.h>

#include "base/array.h"
#include "view/cut.h"

bool lines_is_folded(const struct view_node *node)
{
    return node->first_child && node->shown_children == 0;
}

static bool has_heading(const struct lines *lines, const struct view_node *top)
{
    for (size_t i = 0; i < lines->view->group_count; i++)
        if (lines->view->groups[i].top == top)
            return cut_has_heading(lines->view, &lines->view->groups[i]);
    return false;
}

/* Returns whether the node stands in the line of its parent. */
static bool continues_line(const struct lines *lines, const struct view_node *node)
{
    const struct view_node *parent = node->parent;
    return !lines->places && parent && parent->first_child == node && node->next_sibling == NULL &&
           node->is_shown && cut_continues_line(node) &&
           (parent->kind != VIEW_TOP || has_heading(lines, parent));
}

static struct view_node *lines_begin_of_line(const struct lines *lines, struct view_node *node)
{
    while (continues_line(lines, node))
        node = node->parent;
    return node;
}

static struct view_node *lines_end_of_line(const struct lines *lines, struct view_node *node)
{
    while (node->first_child && continues_line(lines, node->first_child))
        node = node->first_child;
    return node;
}

const struct view_node *lines_leaf(const struct line *line)
{
    const struct view_node *node = line->is_rest ? NULL : line->last;
    while (node && node != line->first && node->kind != VIEW_LEAF)
        node = node->parent;
    return node && node->kind == VIEW_LEAF ? node : NULL;
}

static bool has_hidden_child(const struct view_node *node)
{
    const struct view_node *child = node->first_child;
    while (child && child->is_shown)
        child = child->next_sibling;
    return child != NULL;
}

static struct view_node *next_shown(struct view_node *parent, struct view_node *child)
{
    return (struct view_node *)cut_next_child(parent, child);
}

/* ---- the list ---- */

static int lines_add(struct lines *lines, struct line line)
{
    if (array_reserve(&lines->list, lines->count, 1, &lines->room, sizeof line) != 0)
        return -ENOMEM;
    lines->list[lines->count++] = line;
    return 0;
}

/* Returns the next line's first node after all that is below `first`, whose level becomes *level;
 * NULL: there is none in the group. */
static struct view_node *leave_line(struct lines *lines, const struct view_group *group,
    struct view_node *first, size_t *level, int *error)
{
    while (first != group->top) {
        struct view_node *parent = first->parent, *next = next_shown(parent, first);
        if (next)
            return next;
        if (has_hidden_child(parent) && *error == 0)
            *error = lines_add(lines, (struct line){parent, parent, group, *level, true});
        if (*level == 0)
            return NULL;
        first = lines_begin_of_line(lines, parent);
        --*level;
    }
    return NULL;
}

static int list_group(struct lines *lines, const struct view_group *group)
{
    struct view_node *first = group->top;
    size_t level = 0;
    int error = 0;
    if (!cut_has_heading(lines->view, group))
        first = next_shown(group->top, NULL);
    while (first && error == 0) {
        struct view_node *last = lines_end_of_line(lines, first), *child;
        error = lines_add(lines, (struct line){first, last, group, level, false});
        if ((child = next_shown(last, NULL))) {
            first = child;
            level++;
        } else {
            first = leave_line(lines, group, first, &level, &error);
        }
    }
    return error;
}

int lines_list(struct lines *lines)
{
    int error = 0;
    lines->count = 0;
    for (size_t i = 0; i < lines->view->group_count && error == 0; i++)
        if (lines->view->groups[i].top->hits > 0)
            error = list_group(lines, &lines->view->groups[i]);
    return error;
}

void lines_finish(struct lines *lines)
{
    free(lines->list);
    *lines = (struct lines){0};
}

/* ---- places in the list ---- */

size_t lines_find(const struct lines *lines, struct view_node *node)
{
    struct view_node *visible = node;
    for (struct view_node *above = node; above; above = above->parent)
        if (!above->is_shown)
            visible = above->parent;
    if (visible == NULL)
        return 0;
    visible = lines_begin_of_line(lines, visible);
    for (size_t i = 0; i < lines->count; i++)
        if (lines->list[i].first == visible && !lines->list[i].is_rest)
            return i;
    return 0;
}

size_t lines_parent(const struct lines *lines, size_t at)
{
    size_t level = lines->list[at].level, above = at;
    while (above > 0 && lines->list[above].level >= level)
        above--;
    return lines->list[above].level < level ? above : at;
}

size_t lines_next_sibling(const struct lines *lines, size_t at)
{
    size_t level = lines->list[at].level, next = at + 1;
    while (next < lines->count && lines->list[next].level > level)
        next++;
    return next < lines->count && lines->list[next].level == level ? next : at;
}

size_t lines_previous_sibling(const struct lines *lines, size_t at)
{
    size_t level = lines->list[at].level, previous = at;
    while (previous > 0 && lines->list[previous - 1].level > level)
        previous--;
    return previous > 0 && lines->list[previous - 1].level == level ? previous - 1 : at;
}

static bool has_line_after(const struct view_node *node)
{
    return node->parent && (cut_next_child(node->parent, node) || has_hidden_child(node->parent));
}

void lines_find_sequels(const struct lines *lines, size_t at, bool *has_sequel)
{
    const struct line *line = &lines->list[at];
    size_t level = line->level;
    struct view_node *first = line->first;
    has_sequel[level] = !line->is_rest && has_line_after(first);
    if (line->is_rest && level > 0) {
        first = lines_begin_of_line(lines, line->last);
        has_sequel[--level] = has_line_after(first);
    }
    while (level-- > 0) {
        first = lines_begin_of_line(lines, first->parent);
        has_sequel[level] = has_line_after(first);
    }
}

/* ---- what is shown ---- */

static void lines_show(struct view_node *node)
{
    if (node->is_shown)
        return;
    node->is_shown = true;
    if (node->parent)
        node->parent->shown_children++;
}

/* Shows the rest of a chain, so that its line ends at a fork or at a leaf. */
static void show_chain(struct view_node *node)
{
    for (; node->kind != VIEW_LEAF && lines_is_folded(node); node = node->first_child) {
        if (node->first_child->next_sibling)
            return;
        lines_show(node->first_child);
    }
}

void lines_begin(const struct view *view)
{
    for (size_t i = 0; i < view->group_count; i++) {
        struct view_node *top = view->groups[i].top;
        lines_show(top);
        if (!cut_has_heading(view, &view->groups[i]) && top->shown_children == 0)
            lines_unfold(top);
    }
}

void lines_fold(struct view_node *node)
{
    for (struct view_node *child = node->first_child; child; child = child->next_sibling)
        child->is_shown = false;
    node->shown_children = 0;
}

void lines_unfold(struct view_node *node)
{
    for (struct view_node *child = node->first_child; child; child = child->next_sibling) {
        lines_show(child);
        show_chain(child);
    }
}

void lines_unfold_all(struct view_node *node)
{
    for (struct view_node *below = node; below; below = cut_next(below, node))
        lines_unfold(below);
}

void lines_reveal(struct view_node *node)
{
    show_chain(node);
    for (; node; node = node->parent)
        lines_show(node);
}

static bool lines_is_heavier(const struct view_node *a, const struct view_node *b, bool by_hits)
{
    if (!by_hits && a->time_ns != b->time_ns)
        return a->time_ns > b->time_ns;
    if (!by_hits && a->idle_ns != b->idle_ns)
        return a->idle_ns > b->idle_ns;
    return a->hits > b->hits;
}

static struct view_node *heaviest_child(const struct view_node *node, bool by_hits)
{
    struct view_node *heaviest = node->first_child;
    for (struct view_node *child = heaviest; child; child = child->next_sibling)
        if (lines_is_heavier(child, heaviest, by_hits))
            heaviest = child;
    return heaviest;
}

struct view_node *lines_unfold_heaviest(struct view_node *node, bool by_hits)
{
    for (struct view_node *child; (child = heaviest_child(node, by_hits)); node = child)
        lines_show(child);
    return node;
}
