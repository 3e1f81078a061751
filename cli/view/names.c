/*
 * names.c - the pass that gives each shown node the name that people read.
 *
 * Short names are made for all shown functions together, so that two of them are never shown by the
 * same name (names/short_names.h).
 */
#include "view/names.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "names/short_names.h"
#include "view/builder.h"
#include "view/cut.h"

struct name_list {
    const char **names; /* malloc'ed; sorted, each once */
    size_t count, room;
};

static int compare_names(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static bool is_named(const struct view_builder *builder, const struct view_node *node)
{
    return (node->is_shown || builder->options->every_name) && node->function &&
           node->kind == VIEW_FRAME && !node->is_phase;
}

static bool list_names(struct name_list *list, const struct view_builder *builder)
{
    const struct view *view = &builder->view;
    for (size_t i = 0; i < view->group_count; i++) {
        struct view_node *top = view->groups[i].top;
        for (struct view_node *node = top; node; node = cut_next(node, top)) {
            if (!is_named(builder, node))
                continue;
            if (array_reserve(&list->names, list->count, 1, &list->room, sizeof *list->names) != 0)
                return false;
            list->names[list->count++] = node->function;
        }
    }
    if (list->count > 0)
        qsort(list->names, list->count, sizeof *list->names, compare_names);
    size_t kept = 0;
    for (size_t i = 0; i < list->count; i++)
        if (kept == 0 || strcmp(list->names[kept - 1], list->names[i]) != 0)
            list->names[kept++] = list->names[i];
    list->count = kept;
    return true;
}

static void set_names(struct view_builder *builder, const struct name_list *list)
{
    struct view *view = &builder->view;
    for (size_t i = 0; i < view->group_count; i++) {
        struct view_node *top = view->groups[i].top;
        for (struct view_node *node = top; node; node = cut_next(node, top)) {
            if (!is_named(builder, node))
                continue;
            const char **found = bsearch(
                &node->function, list->names, list->count, sizeof *list->names, compare_names);
            node->shown_name = builder->short_names[found - list->names];
        }
    }
}

void names_shorten(struct view_builder *builder)
{
    struct name_list list = {.count = 0};
    if (!builder->options->full_names && list_names(&list, builder) && list.count > 0) {
        builder->short_names = calloc(list.count, sizeof *builder->short_names);
        if (builder->short_names && short_names(list.names, list.count, builder->options->ellipsis,
                                        builder->short_names) == 0) {
            builder->short_name_count = list.count;
            set_names(builder, &list);
        }
    }
    free(list.names);
}
