/*
 * main.c - scoped-trace-browse: shows a run on the terminal, with keys to move in its tree.
 *
 *   run       the saved file, and its trees
 *   scope     the view of them that is shown
 *   lines     the lines of the view
 *   draw      the screen, with ncurses in screen
 *   browser   the keys, and what they do in actions
 *
 * It is a program of its own, so that the tool starts without ncurses and the locale.
 */
#include <errno.h>
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
#include "objects/labels.h"
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

static int prepare(
    struct state *state, const struct options *options, const char *path, char **problem)
{
    state->scope.wish.options = options->wish.view;
    state->scope.wish.places = options->wish.places;
    choose_glyphs(state);
    bool is_unicode = state->glyphs == &unicode_glyphs;
    const struct path_style style = {.arrow = is_unicode ? " › " : " > ",
        .ellipsis = state->scope.wish.options.ellipsis,
        .hides = internals_hides};
    int error = run_read(&state->run, path, options->root_is_default ? NULL : options->root,
        options->wish.has_no_objects ? NULL : &style, problem);
    if (error != 0)
        return error;
    state->scope.wish.options.labels = state->run.labels;
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
    }
    free(state->list);
    free(state->status);
    free(state->search);
    lines_finish(&state->lines);
    scope_finish(&state->scope);
    run_finish(&state->run);
}

static int browse(const struct options *options, const char *path)
{
    struct state state = {.at = 0};
    char *problem = NULL;
    int error = screen_begin(options_want_color(options, true), &problem);
    if (error == 0) {
        screen_put(0, "The run is being read.", false);
        screen_update(false, 0, 0);
        error = prepare(&state, options, path, &problem);
        if (error == 0)
            browser_run(&state);
        screen_end();
    }
    main_finish(&state);
    return error ? message_fail(EXIT_BROWSER_FAILED, problem) : 0;
}

/* The arguments are the file, and those of the tool. */
int main(int argc, char **argv)
{
    struct options options;
    char *problem = NULL;
    setlocale(LC_CTYPE, "");
    if (argc < 3 || strcmp(argv[2], "report") != 0) {
        message(0, BROWSER_NAME " is started by scoped-trace report -i and not by users");
        return EXIT_BROWSER_FAILED;
    }
    if (options_parse(&options, argc - 1, argv + 1, &problem) != 0)
        return message_fail(EXIT_BROWSER_FAILED, problem);
    int status = browse(&options, argv[1]);
    options_finish(&options);
    return status;
}
