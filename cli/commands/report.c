/*
 * report.c - `scoped-trace report`: reports earlier runs and runs that still go on.
 *
 * A saved file has all that is needed. For a session, the run's own command line, which is in its
 * notes, is parsed again: it says which leaves were selected.
 */
#include "commands/report.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/installation.h"
#include "base/message.h"
#include "base/path.h"
#include "commands/browse.h"
#include "commands/exit_status.h"
#include "commands/list_runs.h"
#include "commands/now/chosen_leaves.h"
#include "commands/now/now.h"
#include "options/options.h"
#include "commands/output.h"
#include "commands/record.h"
#include "commands/run_end.h"
#include "commands/session_report.h"
#include "commands/which_run.h"
#include "leaves/leaves.h"
#include "plan/planner.h"
#include "plan/plans.h"
#include "saved/kept.h"
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
    struct kept_place *kept; /* where it is to be kept; NULL: it is not */
};

/* A run with a tree for each call of the root cannot be reported with another root. */
static int report_choose_root(struct past_run *run, const struct options *options, char **problem)
{
    struct notes *notes = &run->notes;
    int error = options_parse(&run->options, (int)notes->argument_count, notes->arguments, problem);
    if (error != 0 || run->options.action != ACTION_RUN)
        return error ? error : which_run_explain(run->session.place, -EPROTO, problem);
    if (!options->root_is_default && run->options.calls.each)
        return saved_refuse_root(run->options.root, problem);
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
    if (error == 0 && options->calls.each)
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

static int open_run(
    struct past_run *run, const struct options *options, const char *path, char **problem)
{
    int error = session_open(&run->session, path, problem);
    if (error != 0)
        return error;
    error = notes_read(&run->notes, run->session.directory);
    if (error != 0)
        return which_run_explain(run->session.place, error, problem);
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

static int print_chosen(
    struct record *record, const struct options *shown, const struct options *options, FILE *out)
{
    struct chosen_leaves chosen = {.count = 0};
    struct view_wish wish = options->wish;
    char *problem = NULL;
    int error = chosen_leaves_read(&chosen, options, &problem);
    if (error == 0) {
        wish.view.leaves = chosen_leaves_patterns(&chosen);
        error = session_report(record, shown, &wish, out);
    } else {
        message_fail(0, problem);
    }
    chosen_leaves_finish(&chosen);
    return error;
}

/* `shown` has the root, `options` the rest. */
static int print_last(
    struct record *record, const struct options *shown, const struct options *options, FILE *out)
{
    struct options last = *options;
    last.root = shown->root;
    last.root_is_default = shown->root_is_default;
    return now_print_last(record, &last, out);
}

int report_record(
    struct record *record, const struct options *shown, const struct options *options, FILE *out)
{
    if (options->is_interactive)
        return record_write(record, fileno(out));
    if (options->is_now)
        return print_last(record, shown, options, out);
    int error = options->leaf_count ? print_chosen(record, shown, options, out)
                                    : session_report(record, shown, &options->wish, out);
    int unsaved = options->save ? record_save(record, options->save, options->redacts) : 0;
    return error ? error : unsaved;
}

static void say_it_goes_on(const struct saved_run *run)
{
    if (run->is_running && run->program > 0)
        message(0,
            "'%s' goes on; scoped-trace report %d shows it at any time, and as a whole when it "
            "has ended",
            saved_program(run), run->program);
}

static int report_print(const struct past_run *run, const struct options *options, FILE *out)
{
    const struct session_view view = {.session = &run->session,
        .options = &run->options,
        .leaves = &run->leaves,
        .plans = run->plans,
        .running = &run->running,
        .tool = run->notes.tool,
        .life = &run->notes.life,
        .others = run->notes.others,
        .other_count = run->notes.other_count};
    struct record record;
    int unread = record_read(&record, &view);
    int error = report_record(&record, &run->options, options, out);
    if (run->kept)
        say_it_goes_on(&record.saved.run);
    if (run->kept && error == 0 && !options->keeps_not)
        record_keep(&record, run->kept);
    record_finish(&record);
    return error ? error : unread;
}

static int report_session(
    const struct options *options, const char *path, FILE *out, struct kept_place *kept)
{
    struct past_run run = {.kept = kept};
    char *problem = NULL;
    int error = open_run(&run, options, path, &problem);
    if (error != 0) {
        close_run(&run, true);
        return message_fail(error, problem);
    }
    error = report_print(&run, options, out);
    bool is_running = processes_is_any(&run.running);
    if (options->removes && is_running)
        message(
            0, "'%s' is not removed: processes of the run are still running", run.session.place);
    close_run(&run, error != 0 || is_running || !options->removes);
    return error;
}

/* The root and the leaves are the run's in any case. */
int report_so_far(const struct options *options, const struct session *session, FILE *out,
    struct kept_place *kept)
{
    struct options shown = *options;
    shown.root_is_default = true;
    shown.leaf_count = 0;
    signal(SIGPIPE, SIG_IGN); /* the reader of a pipe has seen what it wanted */
    signal(SIGXFSZ, SIG_IGN); /* a file that is too large is an error like others */
    int error = report_session(&shown, session->place, out, kept);
    if (fclose(out) != 0 && error == 0) {
        error = -errno;
        message(error, "cannot write the report");
    }
    return error ? EXIT_TOOL_FAILED : 0;
}

/* ---- saved files ---- */

static int remove_kept(const struct which_run *which)
{
    if (!which->is_kept) {
        message(0, "'%s' is not removed: it is not in the cache of scoped-trace", which->path);
        return -EPERM;
    }
    if (unlink(which->path) == 0 || errno == ENOENT)
        return 0;
    int error = -errno;
    message(error, "cannot remove '%s'", which->path);
    return error;
}

/* A damaged kept run would stay in the list. */
static int advise_to_remove(const struct which_run *which, int error, char **problem)
{
    char *reason = *problem;
    message_problem(problem, error, "%s; scoped-trace report --remove %lu removes it",
        reason ? reason : "out of memory", strtoul(path_base_name(which->path), NULL, 10));
    free(reason);
    return error;
}

static int open_saved(struct record *record, const struct which_run *which,
    const struct options *options, char **problem)
{
    int error = record_open(record, which->path, problem);
    if (error == -EPROTO && which->is_kept && !options->removes)
        return advise_to_remove(which, error, problem);
    if (error == 0 && !options->root_is_default && record->saved.run.each)
        return saved_refuse_root(record->saved.run.root, problem);
    return error;
}

static int report_saved(const struct options *options, const struct which_run *which, FILE *out)
{
    struct record record;
    char *problem = NULL;
    struct options shown = *options;
    int error = open_saved(&record, which, options, &problem);
    if (error != 0) {
        message_fail(0, problem);
        record_finish(&record);
        return error;
    }
    if (options->root_is_default) {
        shown.root = record.saved.run.root;
        shown.root_is_default = record.saved.run.root_is_default;
    }
    error = report_record(&record, &shown, options, out);
    record_finish(&record);
    return error == 0 && options->removes ? remove_kept(which) : error;
}

/* A damaged kept run can be removed, too. */
static int remove_unread(const struct options *options, const struct which_run *which, int error)
{
    return error == -EPROTO && options->removes && which->is_kept ? remove_kept(which) : error;
}

static int report_run(const struct options *options, FILE *out)
{
    struct which_run which = {0};
    char *problem = NULL;
    int error = which_run_find(&which, options->which, &problem);
    if (error != 0)
        message_fail(0, problem);
    else if (which.is_session)
        error = report_session(options, which.path, out, NULL);
    else
        error = remove_unread(options, &which, report_saved(options, &which, out));
    which_run_finish(&which);
    return error;
}

/* ---- the browser ---- */

/* Does not return if the browser runs. The failure has been reported. */
static void execute_browser(const char *path, char **argv)
{
    char *problem = NULL;
    int error = browse_execute(path, argv, &problem);
    message_fail(error, problem);
}

/* The browser gets the session as a saved file. The session is closed before the browser takes the
 * place of the tool. What could be read is shown, after a message about the rest. */
static void browse_session(const struct options *options, const char *path, char **argv)
{
    char file[40];
    int fd = memfd_create("scoped-trace run", 0);
    FILE *out = fd < 0 ? NULL : fdopen(fd, "w");
    if (out == NULL) {
        message(-errno, "cannot copy the run");
        return;
    }
    report_session(options, path, out, NULL);
    snprintf(file, sizeof file, "/proc/self/fd/%d", fd);
    if (lseek(fd, 0, SEEK_END) > 0)
        execute_browser(file, argv);
    fclose(out);
}

static void browse_run(const struct options *options, char **argv)
{
    struct which_run which = {0};
    char *problem = NULL;
    int error = browse_check(&problem);
    if (error == 0)
        error = which_run_find(&which, options->which, &problem);
    if (error != 0)
        message_fail(error, problem);
    else if (which.is_session)
        browse_session(options, which.path, argv);
    else
        execute_browser(which.path, argv);
    which_run_finish(&which);
}

int command_report(const struct options *options, char **argv, bool has_stdout)
{
    FILE *out;
    char *problem = NULL;
    int status = 0;
    if (options->is_interactive) {
        browse_run(options, argv);
        return EXIT_TOOL_FAILED;
    }
    if (output_open(&out, options->output, STDOUT_FILENO, has_stdout, &problem) != 0)
        return message_fail(EXIT_TOOL_FAILED, problem);
    if (out == NULL)
        return EXIT_TOOL_FAILED;
    signal(SIGXFSZ, SIG_IGN); /* a file that is too large is an error like others */
    if (options->which)
        status = report_run(options, out) == 0 ? 0 : EXIT_TOOL_FAILED;
    else
        command_list_runs(out);
    fclose(out);
    return status;
}
