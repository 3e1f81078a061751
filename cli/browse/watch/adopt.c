/*
 * adopt.c - shows what a look has told, in place of what was shown before.
 */
#include "browse/watch/adopt.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "browse/actions.h"
#include "browse/draw.h"
#include "browse/state.h"
#include "browse/watch/watching.h"
#include "channel/channel.h"

static void adopt_say(struct state *state, const char *what)
{
    free(state->status);
    state->status = strdup(what);
}

void adopt_note_selected(struct state *state)
{
    struct watching *watching = state->watching;
    if (state->lines.count == 0)
        return;
    trail_finish(&watching->selected);
    const struct line *line = &state->lines.list[state->at];
    trail_note(&watching->selected, line->group, line->last);
}

/* The user's folds come after those that the view has chosen itself. */
static void list_lines(struct state *state)
{
    const struct view *view = state->scope.view;
    size_t row = state->at - state->from;
    state->lines.view = view;
    state->lines.places = state->scope.wish.places;
    folds_apply(&state->watching->folds, view);
    state->at = row;
    state->from = 0;
    if (view->hits == 0) {
        state->lines.count = state->at = 0;
        return;
    }
    action_relist(state, trail_follow(&state->watching->selected, view));
}

/* The tree has as many lines as there are rows, unless the user has said how many. */
static void set_wish(struct state *state)
{
    struct view_options *options = &state->scope.wish.options;
    options->labels = state->run->labels;
    options->period_ns = saved_period_ns(&state->run->saved.run);
    if (!state->source.has_lines)
        options->lines = draw_rows(state);
}

/* A view needs the run of which it was made, until there is another one. */
static int adopt_run(struct state *state, struct run *next)
{
    struct run *former = state->run;
    state->run = next;
    set_wish(state);
    int error = scope_make(&state->scope, state->run);
    if (error == 0) {
        run_destroy(former);
        list_lines(state);
        return 0;
    }
    state->run = former;
    if (former)
        set_wish(state);
    run_destroy(next);
    return error;
}

static void adopt_period(struct state *state, int fd)
{
    char path[40], *problem = NULL;
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    bool is_first = state->scope.view == NULL;
    struct run *next = NULL;
    int error = run_read(&next, path, &state->source, &problem);
    error = error ? error : adopt_run(state, next);
    if (error)
        adopt_say(state, problem ? problem : strerror(-error));
    if (error == 0 && is_first)
        state->by_hits = !state->scope.view->has_times;
    free(problem);
}

void adopt_answer(struct state *state)
{
    struct watching *watching = state->watching;
    struct channel_answer answer;
    if (!watching_take(watching, &answer)) {
        adopt_say(state, "the tool has ended, and there will be no more looks");
        return;
    }
    if (answer.problem[0])
        adopt_say(state, answer.problem);
    if (answer.now_fd >= 0)
        pane_read(&watching->pane, answer.now_fd);
    if (answer.period_fd >= 0 && !watching->skips_period)
        adopt_period(state, answer.period_fd);
    watching->skips_period = false;
    if (answer.has_ended)
        adopt_say(state, "all processes have ended");
    if (answer.now_fd >= 0)
        close(answer.now_fd);
    if (answer.period_fd >= 0)
        close(answer.period_fd);
}
