/*
 * trail.c - the way to a node, by which it is found again in another view of the same program.
 */
#include "browse/trail.h"

#include <stdlib.h>
#include <string.h>

#include "base/optional_text.h"

static char *trail_copy(const char *text)
{
    return text ? strdup(text) : NULL;
}

void trail_note(struct trail *trail, const struct view_group *group, const struct view_node *node)
{
    size_t count = 0;
    *trail = (struct trail){.pid = group->pid, .tid = group->tid};
    for (const struct view_node *above = node; above->kind != VIEW_TOP; above = above->parent)
        count++;
    trail->steps = calloc(count + 1, sizeof *trail->steps);
    if (trail->steps == NULL)
        return;
    trail->count = count;
    for (; count-- > 0; node = node->parent)
        trail->steps[count] = (struct trail_step){
            node->kind, trail_copy(node->function), trail_copy(node->module)};
}

static struct view_node *child_for(const struct view_node *parent, const struct trail_step *step)
{
    struct view_node *child = parent->first_child;
    while (child && !(child->kind == step->kind && text_is_equal(child->function, step->function) &&
                        text_is_equal(child->module, step->module)))
        child = child->next_sibling;
    return child;
}

struct view_node *trail_follow(const struct trail *trail, const struct view *view)
{
    if (view->group_count == 0)
        return NULL;
    struct view_node *node = view->groups[0].top;
    for (size_t i = 0; i < view->group_count; i++)
        if (view->groups[i].pid == trail->pid && view->groups[i].tid == trail->tid)
            node = view->groups[i].top;
    for (size_t i = 0; i < trail->count; i++) {
        struct view_node *child = child_for(node, &trail->steps[i]);
        node = child ? child : node;
    }
    return node;
}

struct view_node *trail_find(const struct trail *trail, const struct view *view)
{
    struct view_node *node = NULL;
    for (size_t i = 0; i < view->group_count; i++)
        if (view->groups[i].pid == trail->pid && view->groups[i].tid == trail->tid)
            node = view->groups[i].top;
    for (size_t i = 0; i < trail->count && node; i++)
        node = child_for(node, &trail->steps[i]);
    return node;
}

bool trail_is_same(const struct trail *a, const struct trail *b)
{
    bool is_same = a->pid == b->pid && a->tid == b->tid && a->count == b->count;
    for (size_t i = 0; i < a->count && is_same; i++)
        is_same = a->steps[i].kind == b->steps[i].kind &&
                  text_is_equal(a->steps[i].function, b->steps[i].function) &&
                  text_is_equal(a->steps[i].module, b->steps[i].module);
    return is_same;
}

void trail_finish(struct trail *trail)
{
    for (size_t i = 0; i < trail->count; i++) {
        free(trail->steps[i].function);
        free(trail->steps[i].module);
    }
    free(trail->steps);
    *trail = (struct trail){0};
}
