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
#include "leaves/leaves.h"
#include "plan/planner.h"
#include "plan/plans.h"
#include "session/notes.h"
#include "session/processes.h"
#include "session/session.h"

/* What is known about the run. */
struct kept_run {
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
    const char *why = error == -ENOENT   ? "a run of scoped-trace has left nothing there"
                      : error == -EPROTO ? "it is of another version of scoped-trace, or damaged"
                                         : strerror(-error);
    return message_problem(
        problem, error, "cannot read the trace in '%s': %s", session->place, why);
}

/* A run with a tree for each call of the root cannot be reported with another root. */
static int choose(struct kept_run *kept, const struct options *options, char **problem)
{
    struct notes *notes = &kept->notes;
    int error = options_parse(
        &kept->options, (int)notes->argument_count, notes->arguments, problem);
    if (error != 0 || kept->options.action != ACTION_RUN)
        return error ? error : explain_notes(&kept->session, -EPROTO, problem);
    if (!options->root_is_default && kept->options.each)
        return message_problem(problem, -EINVAL,
            "the run has recorded each call of '%s': there is no other --root", kept->options.root);
    if (!options->root_is_default) {
        kept->options.root = options->root;
        kept->options.root_is_default = false;
    }
    kept->options.color = options->color;
    return 0;
}

static int select_leaves(struct kept_run *kept, char **problem)
{
    const struct options *options = &kept->options;
    int error = leaves_select(&kept->leaves, options->leaves, options->leaf_count, problem);
    if (error == 0 && options->each)
        error = leaves_add_root(&kept->leaves, options->root, problem);
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
static int find_functions(struct kept_run *kept, char **problem)
{
    if (!has_asked_for(&kept->leaves))
        return 0;
    int error = session_create(&kept->plans_place, problem);
    if (error != 0)
        return error;
    error = installation_find(&kept->planner, PLANNER_NAME, problem);
    if (error != 0)
        return error;
    error = plans_create(&kept->plans, kept->planner, kept->plans_place.directory, &kept->leaves,
        kept->options.policy);
    for (size_t i = 0; i < kept->notes.library_count && error == 0; i++) {
        const char *path = kept->notes.libraries[i];
        int unread = plans_add(kept->plans, path, i == 0);
        if (unread != 0)
            message("what was not hit in '%s' is not said: %s", path, strerror(-unread));
    }
    return error ? message_problem(problem, error, "out of memory") : 0;
}

static int open_kept(struct kept_run *kept, const struct options *options, char **problem)
{
    int error = session_open(&kept->session, options->directory, problem);
    if (error != 0)
        return error;
    error = notes_read(&kept->notes, kept->session.directory);
    if (error != 0)
        return explain_notes(&kept->session, error, problem);
    error = choose(kept, options, problem);
    if (error == 0)
        error = select_leaves(kept, problem);
    if (error == 0)
        error = find_functions(kept, problem);
    if (error == 0 && processes_list(&kept->running, &kept->session) != 0)
        error = message_problem(problem, -ENOMEM, "out of memory");
    return error;
}

/* The session is removed last: if it is that of a run in a run, its plans may be in use. */
static void close_kept(struct kept_run *kept, bool keep)
{
    processes_finish(&kept->running);
    plans_destroy(kept->plans);
    free(kept->planner);
    run_end_session(&kept->plans_place, false);
    leaves_finish(&kept->leaves);
    options_finish(&kept->options);
    notes_finish(&kept->notes);
    run_end_session(&kept->session, keep);
}

static int print(const struct kept_run *kept, FILE *out)
{
    const struct session_view view = {.session = &kept->session,
        .options = &kept->options,
        .leaves = &kept->leaves,
        .plans = kept->plans,
        .running = &kept->running,
        .tool = kept->notes.tool,
        .program = kept->notes.program,
        .end_ns = kept->notes.end_ns};
    return session_report(&view, out);
}

static int report_run(const struct options *options, FILE *out)
{
    struct kept_run kept = {0};
    char *problem = NULL;
    int error = open_kept(&kept, options, &problem);
    if (error != 0) {
        message_fail(0, problem);
        close_kept(&kept, true);
        return error;
    }
    error = print(&kept, out);
    bool is_running = processes_is_any(&kept.running);
    if (options->removes && is_running)
        message("'%s' is not removed: processes of the run are still running", kept.session.place);
    close_kept(&kept, error != 0 || is_running || !options->removes);
    return error;
}

int command_report(const struct options *options, bool has_stdout)
{
    FILE *out;
    int status = output_open(&out, options->output, STDOUT_FILENO, has_stdout);
    if (status != 0 || out == NULL)
        return EXIT_TOOL_FAILED;
    if (options->directory)
        status = report_run(options, out) == 0 ? 0 : EXIT_TOOL_FAILED;
    else
        command_list_runs(out);
    fclose(out);
    return status;
}
