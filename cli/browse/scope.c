/*
 * scope.c - which part of a run is shown, and how.
 */
#include "browse/scope.h"

#include <errno.h>
#include <stdlib.h>

#include "browse/lines.h"
#include "browse/run.h"
#include "view/build.h"

static int add_trees(struct view_builder *builder, const struct run *run)
{
    int error = 0;
    for (size_t i = 0; i < run->tree_count && error == 0; i++)
        error = view_add(builder, run->trees[i]);
    return error;
}

static int scope_build(
    struct view_builder **builder, const struct scope_wish *wish, const struct run *run)
{
    int error = view_begin(builder, &wish->options);
    if (error == 0)
        error = add_trees(*builder, run);
    if (error != 0) {
        view_destroy(*builder);
        *builder = NULL;
    }
    return error;
}

int scope_make(struct scope *scope, const struct run *run)
{
    struct view_builder *builder = NULL;
    struct scope_wish *wish = malloc(sizeof *wish);
    if (wish == NULL)
        return -ENOMEM;
    *wish = scope->wish;
    wish->options.every_name = true;
    if (wish->under)
        wish->options.under = (struct view_patterns){&wish->under, 1};
    int error = scope_build(&builder, wish, run);
    if (error != 0) {
        free(wish);
        return error;
    }
    scope_finish(scope);
    scope->builder = builder;
    scope->made_from = wish;
    scope->view = view_end(builder);
    lines_begin(scope->view);
    return 0;
}

void scope_finish(struct scope *scope)
{
    view_destroy(scope->builder);
    free(scope->made_from);
    scope->builder = NULL;
    scope->made_from = NULL;
    scope->view = NULL;
}
