/*
 * main.c - scoped-trace-browse: shows a run on the terminal, with keys to move in its tree.
 *
 *   run       the saved file, and its trees
 *   scope     the view of them that is shown
 *   lines     the lines of the view
 *   draw      the screen, with ncurses in screen
 *   browser   the keys, and what they do in actions
 *   watch/    the same of a run that goes on, of which there is a new view in each period
 *
 * It is a program of its own, so that the tool starts without ncurses and the locale.
 */
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <langinfo.h>
#include <stdlib.h>
#include <string.h>

#include "base/installation.h"
#include "base/message.h"
#include "browse/actions.h"
#include "browse/browser.h"
#include "browse/lines.h"
#include "browse/state.h"
#include "browse/watch/watching.h"
#include "options/options.h"
#include "report/printer.h"
#include "terminal/screen.h"
#include "view/internals.h"

#define EXIT_BROWSER_FAILED 125 /* as the tool's */

static void choose_glyphs(struct state *state)
{
    bool is_unicode = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
    state->glyphs = is_unicode ? &unicode_glyphs : &ascii_glyphs;
    if (is_unicode)
        state->scope.wish.options.ellipsis = "…";
}

static void set_options(struct state *state, const struct options *options)
{
    state->scope.wish.options = options->wish.view;
    state->scope.wish.places = options->wish.places;
    choose_glyphs(state);
    state->source = (struct run_source){.root = options->root_is_default ? NULL : options->root,
        .has_objects = !options->wish.has_no_objects,
        .has_lines = options->wish.has_limit,
        .style = {.arrow = state->glyphs == &unicode_glyphs ? " › " : " > ",
            .ellipsis = state->scope.wish.options.ellipsis,
            .hides = internals_hides}};
}

static int prepare(struct state *state, const char *path, char **problem)
{
    int error = run_read(&state->run, path, &state->source, problem);
    if (error != 0)
        return error;
    state->scope.wish.options.labels = state->run->labels;
    state->scope.wish.options.period_ns = saved_period_ns(&state->run->saved.run);
    error = action_make_view(state);
    if (error == -ENOENT)
        return message_problem(
            problem, error, "the tree has no hit to be shown; scoped-trace report says more");
    state->by_hits = error == 0 && !state->scope.view->has_times;
    return error;
}

static void main_finish(struct state *state)
{
    for (size_t i = 0; i < state->chosen_count; i++) {
        trail_finish(&state->list[i].trail);
        free(state->list[i].name);
        free(state->list[i].pattern);
    }
    free(state->list);
    free(state->status);
    free(state->search);
    lines_finish(&state->lines);
    scope_finish(&state->scope);
    run_destroy(state->run);
}

static int show_file(struct state *state, const char *path, char **problem)
{
    screen_put(0, "The run is being read.", false);
    screen_update(false, 0, 0);
    int error = prepare(state, path, problem);
    if (error == 0)
        browser_run(state);
    return error;
}

/* Of a run that goes on, `path` is the number of the socket to the tool. */
static struct watching watch_by(const struct options *options, const char *path)
{
    int socket = atoi(path);
    fcntl(socket, F_SETFD, FD_CLOEXEC); /* not for the editor */
    return (struct watching){.socket = socket,
        .every_ns = options->every_ns,
        .has_colors = options_want_color(options, true)};
}

static int browse_live(const struct options *options, const char *path)
{
    struct watching watching = watch_by(options, path);
    struct state state = {.watching = &watching};
    char *problem = NULL;
    int error = screen_begin(watching.has_colors, &problem);
    if (error == 0) {
        set_options(&state, options);
        browser_run(&state);
        screen_end();
    }
    watching_finish(&watching);
    main_finish(&state);
    return error ? message_fail(EXIT_BROWSER_FAILED, problem) : 0;
}

static int browse(const struct options *options, const char *path)
{
    struct state state = {.at = 0};
    char *problem = NULL;
    int error = screen_begin(options_want_color(options, true), &problem);
    if (error == 0) {
        set_options(&state, options);
        error = show_file(&state, path, &problem);
        screen_end();
    }
    main_finish(&state);
    return error ? message_fail(EXIT_BROWSER_FAILED, problem) : 0;
}

/* The arguments are the file, or for watch a number, and those of the tool. */
int main(int argc, char **argv)
{
    struct options options;
    char *problem = NULL;
    setlocale(LC_CTYPE, "");
    if (argc < 3 || (strcmp(argv[2], "report") != 0 && strcmp(argv[2], "watch") != 0)) {
        message(
            0, BROWSER_NAME " is started by scoped-trace report -i, or watch, and not by users");
        return EXIT_BROWSER_FAILED;
    }
    if (options_parse(&options, argc - 1, argv + 1, &problem) != 0)
        return message_fail(EXIT_BROWSER_FAILED, problem);
    bool is_live = options.action == ACTION_WATCH;
    int status = is_live ? browse_live(&options, argv[1]) : browse(&options, argv[1]);
    options_finish(&options);
    return status;
}
