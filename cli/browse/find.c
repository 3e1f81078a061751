/*
 * find.c - finds nodes of a view by a part of their names.
 *
 * The nodes are walked from the first to the last one, in both directions of the search: siblings
 * know only those after them.
 */
#include "browse/find.h"

#include <stddef.h>
#include <string.h>

#include "view/cut.h"

static const struct view_group *group_with(const struct view *view, const struct view_node *top)
{
    for (size_t i = 0; i < view->group_count; i++)
        if (view->groups[i].top == top)
            return &view->groups[i];
    return NULL;
}

static const char *name_of_group(const struct view_group *group)
{
    if (group == NULL)
        return NULL;
    return group->thread_key ? group->thread_name : group->kind;
}

bool find_matches(const struct view *view, const struct view_node *node, const char *text)
{
    const char *name = node->kind == VIEW_TOP       ? name_of_group(group_with(view, node))
                       : node->kind == VIEW_UNNAMED ? node->module
                       : node->shown_name           ? node->shown_name
                                                    : node->function;
    return name && strcasestr(name, text);
}

/* What was found before and after the node at which the search begins. */
struct matches {
    struct view_node *first_before, *last_before, *at, *first_after, *last_after;
};

static void note_match(struct matches *matches, struct view_node *node, bool is_after)
{
    struct view_node **first = is_after ? &matches->first_after : &matches->first_before;
    struct view_node **last = is_after ? &matches->last_after : &matches->last_before;
    if (*first == NULL)
        *first = node;
    *last = node;
}

/* A top without a heading is no line. */
static bool may_match(
    const struct view *view, const struct view_group *group, const struct view_node *node)
{
    return node->kind != VIEW_TOP || cut_has_heading(view, group);
}

static struct matches find_collect(
    const struct view *view, const struct view_node *from, const char *text)
{
    struct matches matches = {.at = NULL};
    bool is_after = false;
    for (size_t i = 0; i < view->group_count; i++) {
        struct view_node *top = view->groups[i].top;
        for (struct view_node *node = top; node; node = cut_next(node, top)) {
            bool is_match = may_match(view, &view->groups[i], node) &&
                            find_matches(view, node, text);
            if (is_match && node == from)
                matches.at = node;
            else if (is_match)
                note_match(&matches, node, is_after);
            is_after |= node == from;
        }
    }
    return matches;
}

struct view_node *find_next(const struct view *view, const struct view_node *node, const char *text)
{
    struct matches matches = find_collect(view, node, text);
    if (matches.first_after)
        return matches.first_after;
    return matches.first_before ? matches.first_before : matches.at;
}

struct view_node *find_previous(
    const struct view *view, const struct view_node *node, const char *text)
{
    struct matches matches = find_collect(view, node, text);
    if (matches.last_before)
        return matches.last_before;
    return matches.last_after ? matches.last_after : matches.at;
}
