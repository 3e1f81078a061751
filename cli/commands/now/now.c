/*
 * now.c - `scoped-trace now`: what the threads of a run that goes on wait for; and what those of an
 * ended run did last.
 */
#include "commands/now/now.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/message.h"
#include "base/nanoseconds.h"
#include "base/path.h"
#include "base/progress.h"
#include "commands/exit_status.h"
#include "commands/now/find.h"
#include "commands/now/look.h"
#include "commands/now/print.h"
#include "commands/output.h"
#include "commands/record.h"
#include "commands/which_run.h"
#include "leaves/leaves.h"
#include "options/options.h"
#include "session/notes.h"
#include "session/session.h"
#include "symbols/symbols.h"
#include "trace/open/keep.h"
#include "trace/snapshot.h"

/* What is known of a run that goes on. */
struct live_run {
    struct session session;
    struct notes notes;
    struct options options; /* the run's */
    struct leaves leaves;
    struct record record;
    struct now_processes processes;
};

static int read_options(struct live_run *run, char **problem)
{
    struct notes *notes = &run->notes;
    int error = notes_read(notes, run->session.directory);
    if (error)
        return which_run_explain(run->session.place, error, problem);
    error = options_parse(&run->options, (int)notes->argument_count, notes->arguments, problem);
    if (error == 0 && run->options.action != ACTION_RUN) {
        options_finish(&run->options);
        error = which_run_explain(run->session.place, -EPROTO, problem);
    }
    return error;
}

static bool has_traces(const struct session *session)
{
    struct session_traces traces = {.count = 0};
    bool has_any = session_traces(session, &traces) == 0 && traces.count > 0;
    session_traces_finish(&traces);
    return has_any;
}

/* The traces say what waits, whatever the options were. They tell the root, and which leaves work
 * by calling others. */
static int read_notes(struct live_run *run, char **problem)
{
    int error = read_options(run, problem);
    if (error == -ENOENT || (error && !has_traces(&run->session)))
        return error;
    if (error) {
        message(0, "the options of the run are not known, so it is shown without them: %s",
            *problem ? *problem : strerror(-error));
        free(*problem);
        *problem = NULL;
        run->options = (struct options){.root = "main", .root_is_default = true};
    }
    return leaves_select(&run->leaves, run->options.leaves, run->options.leaf_count, problem);
}

/* The parts of the record are found, not read from a session as a whole. */
static int open_live(struct live_run *run, const char *path, char **problem)
{
    int error = session_open(&run->session, path, problem);
    if (error == 0)
        error = read_notes(run, problem);
    if (error)
        return error;
    run->record.leaves = &run->leaves;
    run->record.saved.symbols = symbols_create();
    return run->record.saved.symbols ? 0 : -ENOMEM;
}

static void close_live(struct live_run *run)
{
    now_processes_finish(&run->processes);
    record_finish(&run->record);
    leaves_finish(&run->leaves);
    options_finish(&run->options);
    notes_finish(&run->notes);
    session_finish(&run->session, true);
}

/* Without the options, the name is that of the program's file. */
static const char *name_of_program(const struct live_run *run)
{
    const struct options *options = &run->options;
    if (options->program && options->program[0])
        return path_base_name(options->program[0]);
    return path_base_name(run->record.saved.snapshots[0]->program);
}

/* The first process that was traced is the program itself, perhaps after it has executed another
 * one. Returns NULL if it has ended. */
static const struct snapshot *now_find_program(const struct live_run *run)
{
    const struct saved *saved = &run->record.saved;
    for (size_t i = 0; i < saved->snapshot_count; i++)
        if (saved->snapshots[i]->pid == run->processes.first)
            return saved->snapshots[i];
    return NULL;
}

static struct now describe_live(const struct live_run *run)
{
    const struct saved *saved = &run->record.saved;
    const struct snapshot *program = now_find_program(run);
    const struct snapshot *oldest = program ? program : saved->snapshots[0];
    return (struct now){.name = name_of_program(run),
        .pid = program ? program->pid : 0,
        .wall_ns = oldest->taken_ns > oldest->start_ns ? oldest->taken_ns - oldest->start_ns : 0,
        .is_running = true,
        .has_ended = program == NULL,
        .at_ns = oldest->taken_ns,
        .processes = saved->snapshot_count};
}

static int print_live(struct live_run *run, const struct options *options, FILE *out)
{
    struct options shown = *options;
    if (options->root_is_default) {
        shown.root = run->options.root;
        shown.root_is_default = run->options.root_is_default;
    }
    const struct now now = describe_live(run);
    return now_print(&run->record, &now, run->processes.list, &shown, out);
}

static int look_and_print(struct live_run *run, const struct options *options, FILE *out)
{
    int error = now_look(&run->processes, &run->record, &run->session);
    if (run->record.saved.snapshot_count == 0 && error == 0) {
        message(0,
            "all processes of the run in '%s' have ended; scoped-trace report --now '%s' shows "
            "what they did last",
            run->session.place, run->session.place);
        return -ESRCH;
    }
    if (run->record.saved.snapshot_count == 0)
        return error;
    int unprinted = print_live(run, options, out);
    return unprinted ? unprinted : error;
}

static int print_run_at(const struct options *options, const char *path, FILE *out)
{
    struct live_run run = {.record = {.leaves = NULL}};
    char *problem = NULL;
    int error = open_live(&run, path, &problem);
    if (error)
        message_fail(error, problem);
    else
        error = look_and_print(&run, options, out);
    close_live(&run);
    return error;
}

int command_now(const struct options *options, bool has_stdout)
{
    FILE *out;
    char *problem = NULL, *path = NULL;
    if (output_open(&out, options->output, STDOUT_FILENO, has_stdout, &problem) != 0)
        return message_fail(EXIT_TOOL_FAILED, problem);
    if (out == NULL)
        return EXIT_TOOL_FAILED;
    signal(SIGXFSZ, SIG_IGN); /* a file that is too large is an error like others */
    int error = now_find_run(&path, options->which, &problem);
    if (error)
        message_fail(error, problem);
    else
        error = print_run_at(options, path, out);
    free(path);
    fclose(out);
    return error ? EXIT_TOOL_FAILED : 0;
}

/* ---- what was done last ---- */

static uint64_t end_for_ages(const struct snapshot *snapshot)
{
    return snapshot_is_end_guessed(snapshot) ? 0 : snapshot_end_ns(snapshot);
}

static int keep_all(const struct saved *saved)
{
    int error = 0;
    for (size_t i = 0; i < saved->snapshot_count && error == 0; i++)
        error = snapshot_keep_open(saved->snapshots[i], end_for_ages(saved->snapshots[i]));
    return error;
}

int now_print_last(struct record *record, const struct options *options, FILE *out)
{
    const struct saved *saved = &record->saved;
    bool is_known = saved->run.has_duration || saved_is_program_running(&saved->run);
    const struct now now = {.name = saved_program(&saved->run),
        .pid = saved->run.program,
        .wall_ns = is_known ? saved_wall_ns(saved) : 0,
        .is_running = saved_is_program_running(&saved->run),
        .processes = saved->snapshot_count};
    int error = keep_all(saved);
    if (error)
        message(error, "cannot print the calls");
    return error ? error : now_print(record, &now, NULL, options, out);
}
