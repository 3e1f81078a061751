/*
 * lines.c - the calls that are open, put together by path, and tasks.
 *
 * A leaf that calls another leaf is open as long as that one is, in the same thread. So of its open
 * calls, those below it are told by the inner leaf.
 */
#include "report/now/lines.h"

#include <errno.h>
#include <stdlib.h>

#include "base/array.h"
#include "tasks/groups.h"
#include "view/cut.h"
#include "view/objects.h"
#include "view/view.h"

/* ---- listing ---- */

/* Returns the node after all that is below `node`; NULL: there is none below `top`. */
static struct view_node *next_beside(struct view_node *node, const struct view_node *top)
{
    while (node != top && node->next_sibling == NULL)
        node = node->parent;
    return node == top ? NULL : node->next_sibling;
}

/* Returns how many calls are open in the nearest leaves below the leaf. */
static uint64_t open_below(const struct view_node *leaf)
{
    uint64_t below = 0;
    struct view_node *node = leaf->first_child;
    while (node) {
        bool is_leaf = node->kind == VIEW_LEAF;
        below += is_leaf ? node->own_open : 0;
        node = is_leaf ? next_beside(node, leaf) : cut_next(node, leaf);
    }
    return below;
}

bool now_lines_is_object(const struct view_object *object)
{
    return object->open > 0 && !object->is_rest;
}

static int lines_add_leaf(struct now_lines *lines, const struct view *view,
    const struct view_group *group, const struct view_node *leaf, uint64_t min_ns)
{
    uint64_t below = open_below(leaf);
    struct now_line line = {.group = group,
        .leaf = leaf,
        .is_idle = leaf->is_idle,
        .order = leaf->order,
        .ages = leaf->own_ages};
    if (leaf->own_open <= below || leaf->own_ages.longest_ns < min_ns)
        return 0;
    line.calls = leaf->own_open - below;
    line.objects = view_objects_of(view, leaf, &line.object_count);
    if (array_reserve(&lines->list, lines->count, 1, &lines->room, sizeof *lines->list) != 0)
        return -ENOMEM;
    lines->list[lines->count++] = line;
    return 0;
}

static int lines_add_group(struct now_lines *lines, const struct view *view,
    const struct view_group *group, uint64_t min_ns)
{
    int error = 0;
    for (struct view_node *node = group->top->first_child; node && error == 0;
         node = cut_next(node, group->top))
        if (node->kind == VIEW_LEAF)
            error = lines_add_leaf(lines, view, group, node, min_ns);
    return error;
}

/* ---- order ---- */

/* About the time that all of them have waited so far. */
static double lines_weight_of(const struct now_line *line)
{
    return (double)line->calls * ((double)line->ages.longest_ns + (double)line->ages.shortest_ns) /
           2;
}

static int compare_lines(const void *left, const void *right)
{
    const struct now_line *a = left, *b = right;
    if (lines_weight_of(a) != lines_weight_of(b))
        return lines_weight_of(a) > lines_weight_of(b) ? -1 : 1;
    if (a->calls != b->calls)
        return a->calls > b->calls ? -1 : 1;
    return a->order < b->order ? -1 : a->order > b->order;
}

static int compare_idle_last(const void *left, const void *right)
{
    const struct now_line *a = left, *b = right;
    if (a->is_idle != b->is_idle)
        return a->is_idle ? 1 : -1;
    return compare_lines(a, b);
}

static void lines_sort(struct now_lines *lines, bool mixes_idle)
{
    if (lines->count > 1)
        qsort(lines->list, lines->count, sizeof *lines->list,
            mixes_idle ? compare_lines : compare_idle_last);
}

int now_lines_make(
    struct now_lines *lines, const struct view *view, uint64_t min_ns, bool mixes_idle)
{
    int error = 0;
    for (size_t i = 0; i < view->group_count && error == 0; i++)
        error = lines_add_group(lines, view, &view->groups[i], min_ns);
    lines_sort(lines, mixes_idle);
    return error;
}

int now_lines_add_tasks(
    struct now_lines *lines, const struct task_groups *tasks, uint64_t min_ns, bool mixes_idle)
{
    for (size_t i = 0; tasks && i < tasks->count; i++) {
        const struct task_group *group = &tasks->list[i];
        if (group->state == TASK_FINISHED || group->state == TASK_RUNS_OTHERS ||
            group->longest_ns < min_ns)
            continue;
        if (array_reserve(&lines->list, lines->count, 1, &lines->room, sizeof *lines->list) != 0)
            return -ENOMEM;
        lines->list[lines->count++] = (struct now_line){.tasks = group,
            .is_idle = group->is_idle,
            .calls = group->count,
            .order = UINT32_MAX + (uint64_t)i,
            .ages = {group->longest_ns, group->shortest_ns}};
    }
    lines_sort(lines, mixes_idle);
    return 0;
}

void now_lines_finish(struct now_lines *lines)
{
    free(lines->list);
    *lines = (struct now_lines){.count = 0};
}
