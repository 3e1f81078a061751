/*
 * actions.c - what the keys of the browser do besides moving.
 */
#include "browse/actions.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/message.h"
#include "browse/draw.h"
#include "terminal/editor.h"
#include "browse/find.h"
#include "browse/page.h"
#include "browse/prompt.h"
#include "terminal/screen.h"
#include "browse/state.h"
#include "browse/watch/watching.h"
#include "view/build.h"

static void say(struct state *state, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void say(struct state *state, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    free(state->status);
    if (vasprintf(&state->status, format, arguments) < 0)
        state->status = NULL;
    va_end(arguments);
}

static void clear_status(struct state *state)
{
    free(state->status);
    state->status = NULL;
}

static struct line *selected_line(const struct state *state)
{
    return &state->lines.list[state->at];
}

void action_relist(struct state *state, struct view_node *selected)
{
    size_t row = state->at - state->from;
    if (lines_list(&state->lines) != 0)
        say(state, "out of memory: some lines are missing");
    state->at = lines_find(&state->lines, selected);
    state->from = state->at > row ? state->at - row : 0;
}

void action_note_fold(struct state *state, enum fold_kind kind, const struct view_node *node)
{
    if (state->watching)
        folds_note(&state->watching->folds, kind, selected_line(state)->group, node);
}

/* ---- views ---- */

/* Returns the node that is selected first: that of the trail, or the first line's. */
static struct view_node *node_to_select(const struct state *state, const struct trail *trail)
{
    struct view_node *found = trail ? trail_follow(trail, state->scope.view) : NULL;
    if (found)
        lines_reveal(found);
    return found;
}

/* Returns 0 or -errno; -ENOENT: the view has no hits, and so no lines. */
static int make_view_at(struct state *state, const struct trail *trail)
{
    if (state->lines.count > 0) {
        say(state, "The tree is being made.");
        draw(state);
        clear_status(state);
    }
    int error = scope_make(&state->scope, state->run);
    if (error != 0) {
        say(state, "the tree cannot be made: %s", strerror(-error));
        return error;
    }
    state->lines.view = state->scope.view;
    state->lines.places = state->scope.wish.places;
    struct view_node *found = node_to_select(state, trail);
    state->at = state->from = 0;
    if (state->scope.view->hits == 0) {
        state->lines.count = 0;
        return -ENOENT;
    }
    action_relist(state, found);
    return 0;
}

int action_make_view(struct state *state)
{
    struct trail trail = {0};
    bool is_first = state->lines.count == 0;
    if (!is_first)
        trail_note(&trail, selected_line(state)->group, selected_line(state)->last);
    int error = make_view_at(state, is_first ? NULL : &trail);
    trail_finish(&trail);
    return error;
}

/* Makes the view after a change of the wish, or does without it. */
static void change_view(struct state *state, const struct scope_wish *former)
{
    if (action_make_view(state) != 0)
        state->scope.wish = *former;
}

void action_sort(struct state *state, enum view_sort sort)
{
    struct view_node *selected = selected_line(state)->last;
    state->scope.wish.options.sort = sort;
    view_sort(state->scope.builder, sort);
    action_relist(state, selected);
}

void action_weigh(struct state *state)
{
    if (!state->scope.view->has_times) {
        say(state, "this run has no times");
        return;
    }
    state->by_hits = !state->by_hits;
    if (state->scope.wish.options.sort != VIEW_BY_ORDER)
        action_sort(state, state->by_hits ? VIEW_BY_HITS : VIEW_BY_TIME);
}

void action_invert(struct state *state)
{
    const struct scope_wish former = state->scope.wish;
    state->scope.wish.options.inverts = !former.options.inverts;
    change_view(state, &former);
}

void action_internals(struct state *state)
{
    const struct scope_wish former = state->scope.wish;
    state->scope.wish.options.internals = !former.options.internals;
    change_view(state, &former);
}

/* Call sites of one function have different places. */
void action_places(struct state *state)
{
    const struct scope_wish former = state->scope.wish;
    state->scope.wish.places = !former.places;
    state->scope.wish.options.sites = !former.places;
    change_view(state, &former);
}

/* ---- under and back ---- */

static void set_under(struct state *state)
{
    state->scope.wish.under = state->chosen_count ? state->list[state->chosen_count - 1].pattern
                                                  : NULL;
}

static int action_choose(struct state *state, const struct line *line)
{
    const struct view_node *node = line->last;
    if (array_reserve(
            &state->list, state->chosen_count, 1, &state->chosen_room, sizeof *state->list) != 0)
        return -ENOMEM;
    struct chosen *chosen = &state->list[state->chosen_count];
    bool has_linkage_name = node->kind != VIEW_LEAF && node->linkage_name;
    chosen->pattern = strdup(has_linkage_name ? node->linkage_name : node->function);
    chosen->name = strdup(node->shown_name ? node->shown_name : node->function);
    if (chosen->name == NULL || chosen->pattern == NULL) {
        free(chosen->name);
        free(chosen->pattern);
        return -ENOMEM;
    }
    trail_note(&chosen->trail, line->group, node);
    state->chosen_count++;
    return 0;
}

void action_under(struct state *state)
{
    const struct line *line = selected_line(state);
    char *problem = NULL;
    if (line->is_rest || line->last->function == NULL) {
        say(state, "this line is no function with a name");
        return;
    }
    if (action_choose(state, line) != 0) {
        say(state, "out of memory");
        return;
    }
    set_under(state);
    struct view_options options = state->scope.wish.options;
    options.under = (struct view_patterns){&state->scope.wish.under, 1};
    bool is_name = view_check(&options, &problem) == 0;
    free(problem);
    if (is_name && make_view_at(state, NULL) == 0)
        return;
    char *name = strdup(state->list[state->chosen_count - 1].name);
    action_back(state);
    say(state, "there is no view under '%s'", name ? name : "it");
    free(name);
}

void action_back(struct state *state)
{
    if (state->chosen_count == 0) {
        say(state, "all is shown: u shows only what is under a function");
        return;
    }
    struct chosen chosen = state->list[--state->chosen_count];
    set_under(state);
    make_view_at(state, &chosen.trail);
    trail_finish(&chosen.trail);
    free(chosen.name);
    free(chosen.pattern);
}

/* ---- search ---- */

void action_search_again(struct state *state, bool is_backwards)
{
    const struct line *line = selected_line(state);
    if (state->search == NULL) {
        say(state, "nothing was searched yet: / begins");
        return;
    }
    struct view_node *found = is_backwards
                                  ? find_previous(state->scope.view, line->first, state->search)
                                  : find_next(state->scope.view, line->last, state->search);
    if (found == NULL) {
        say(state, "no name has '%s' in it", state->search);
        return;
    }
    lines_reveal(found);
    action_relist(state, found);
    action_note_fold(state, FOLD_REVEALED, found);
}

void action_search(struct state *state)
{
    char *text = prompt_read(state, "/");
    if (text && *text) {
        free(state->search);
        state->search = text;
    } else {
        free(text);
    }
    if (text)
        action_search_again(state, false);
}

/* ---- how long calls took ---- */

void action_calls(struct state *state)
{
    const struct view_node *leaf = lines_leaf(selected_line(state));
    if (leaf == NULL)
        say(state, "this line has no leaf");
    else if (!page_show_calls(state->glyphs, leaf))
        say(state, "it is not known how long the calls took");
}

/* ---- source ---- */

/* Returns the node with the place that is shown for the line; NULL: there is none. */
static const struct view_node *node_with_source(const struct line *line)
{
    const struct view_node *node = line->last;
    while (node->kind == VIEW_LEAF)
        node = node->parent;
    if (line->is_rest)
        return NULL;
    return node->kind == VIEW_FRAME && node->file && node->line ? node : NULL;
}

void action_edit(struct state *state)
{
    const struct view_node *node = node_with_source(selected_line(state));
    char *problem = NULL;
    if (node == NULL) {
        say(state, "the place in the source is not known");
        return;
    }
    int error = editor_check(node->file, &problem);
    if (error == 0) {
        screen_end();
        error = editor_run(node->file, node->line, node->column, &problem);
        screen_forget();
    }
    if (error != 0)
        say(state, "%s", problem ? problem : "out of memory");
    free(problem);
}
