/*
 * report.c - `scoped-trace report`: reports earlier runs and runs that still go on.
 *
 * The run's own command line, which is in its notes, is parsed again: it says which leaves were
 * selected.
 */
#include "commands/report.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/installation.h"
#include "base/message.h"
#include "commands/exit_status.h"
#include "commands/list.h"
#include "commands/options.h"
#include "commands/output.h"
#include "commands/run_end.h"
#include "commands/session_report.h"
#include "commands/session_view.h"
#include "leaves/leaves.h"
#include "plan/planner.h"
#include "plan/plans.h"
#include "session/notes.h"
#include "session/processes.h"
#include "session/session.h"

/* What is known about the run. */
struct past_run {
    struct session session;
    struct notes notes;
    struct options options; /* the run's, except for what this command has changed */
    struct leaves leaves;
    struct plans *plans; /* NULL: not needed */
    char *planner;       /* path */
    struct session plans_place;
    struct processes running;
};

static int explain_notes(const struct session *session, int error, char **problem)
{
    const char *why = error == -ENOENT ? "no run of scoped-trace has left a trace there"
                      : error == -EPROTO
                          ? "it was written by another version of scoped-trace, or is damaged"
                          : strerror(-error);
    return message_problem(
        problem, error, "cannot read the trace in '%s': %s", session->place, why);
}

/* A run with a tree for each call of the root cannot be reported with another root. */
static int report_choose_root(struct past_run *run, const struct options *options, char **problem)
{
    struct notes *notes = &run->notes;
    int error = options_parse(&run->options, (int)notes->argument_count, notes->arguments, problem);
    if (error != 0 || run->options.action != ACTION_RUN)
        return error ? error : explain_notes(&run->session, -EPROTO, problem);
    if (!options->root_is_default && run->options.each)
        return message_problem(problem, -EINVAL,
            "the run recorded each call of '%s': --root cannot be changed", run->options.root);
    if (!options->root_is_default) {
        run->options.root = options->root;
        run->options.root_is_default = false;
    }
    run->options.color = options->color;
    return 0;
}

static int select_leaves(struct past_run *run, char **problem)
{
    const struct options *options = &run->options;
    int error = leaves_select(&run->leaves, options->leaves, options->leaf_count, problem);
    if (error == 0 && options->each)
        error = leaves_add_root(&run->leaves, options->root, problem);
    return error;
}

static bool has_asked_for(const struct leaves *leaves)
{
    for (size_t i = 0; i < leaves->count; i++)
        if (leaves->list[i].is_asked_for)
            return true;
    return false;
}

/* Finds the functions that the leaves name in the files of the run, for the report about leaves
 * that were not hit. The plans themselves are not needed. They go to a place of their own, because
 * the session may be in use. */
static int find_functions(struct past_run *run, char **problem)
{
    if (!has_asked_for(&run->leaves))
        return 0;
    int error = session_create(&run->plans_place, problem);
    if (error != 0)
        return error;
    error = installation_find(&run->planner, PLANNER_NAME, problem);
    if (error != 0)
        return error;
    error = plans_create(
        &run->plans, run->planner, run->plans_place.directory, &run->leaves, run->options.policy);
    for (size_t i = 0; i < run->notes.library_count && error == 0; i++) {
        const char *path = run->notes.libraries[i];
        int unread = plans_add(run->plans, path, i == 0);
        if (unread != 0)
            message(unread, "cannot tell which leaves were not hit in '%s'", path);
    }
    return error ? message_problem(problem, error, "out of memory") : 0;
}

static int open_run(struct past_run *run, const struct options *options, char **problem)
{
    int error = session_open(&run->session, options->directory, problem);
    if (error != 0)
        return error;
    error = notes_read(&run->notes, run->session.directory);
    if (error != 0)
        return explain_notes(&run->session, error, problem);
    error = report_choose_root(run, options, problem);
    if (error == 0)
        error = select_leaves(run, problem);
    if (error == 0)
        error = find_functions(run, problem);
    if (error == 0 && processes_list(&run->running, &run->session) != 0)
        error = message_problem(problem, -ENOMEM, "out of memory");
    return error;
}

/* The session is removed last: if it is that of a run in a run, its plans may be in use. */
static void close_run(struct past_run *run, bool keep)
{
    processes_finish(&run->running);
    plans_destroy(run->plans);
    free(run->planner);
    run_end_session(&run->plans_place, false);
    leaves_finish(&run->leaves);
    options_finish(&run->options);
    notes_finish(&run->notes);
    run_end_session(&run->session, keep);
}

static int report_print(const struct past_run *run, const struct view_wish *wish, FILE *out)
{
    const struct session_view view = {.session = &run->session,
        .options = &run->options,
        .wish = wish,
        .leaves = &run->leaves,
        .plans = run->plans,
        .running = &run->running,
        .tool = run->notes.tool,
        .life = &run->notes.life,
        .others = run->notes.others,
        .other_count = run->notes.other_count};
    return session_report(&view, out);
}

static int report_run(const struct options *options, FILE *out)
{
    struct past_run run = {0};
    char *problem = NULL;
    int error = open_run(&run, options, &problem);
    if (error != 0) {
        close_run(&run, true);
        return message_fail(error, problem);
    }
    error = report_print(&run, &options->wish, out);
    bool is_running = processes_is_any(&run.running);
    if (options->removes && is_running)
        message(
            0, "'%s' is not removed: processes of the run are still running", run.session.place);
    close_run(&run, error != 0 || is_running || !options->removes);
    return error;
}

int command_report(const struct options *options, bool has_stdout)
{
    FILE *out;
    char *problem = NULL;
    int status = 0;
    if (output_open(&out, options->output, STDOUT_FILENO, has_stdout, &problem) != 0)
        return message_fail(EXIT_TOOL_FAILED, problem);
    if (out == NULL)
        return EXIT_TOOL_FAILED;
    if (options->directory)
        status = report_run(options, out) == 0 ? 0 : EXIT_TOOL_FAILED;
    else
        command_list_runs(out);
    fclose(out);
    return status;
}
