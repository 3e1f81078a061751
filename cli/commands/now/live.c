/*
 * live.c - a run that goes on: what is known of it, and looks at what waits.
 */
#include "commands/now/live.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/message.h"
#include "base/path.h"
#include "commands/now/print.h"
#include "commands/which_run.h"
#include "symbols/symbols.h"
#include "trace/snapshot.h"

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
int live_run_open(struct live_run *run, const char *path, char **problem)
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

void live_run_close(struct live_run *run)
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

struct options live_run_options(const struct live_run *run, const struct options *options)
{
    struct options shown = *options;
    if (options->root_is_default) {
        shown.root = run->options.root;
        shown.root_is_default = run->options.root_is_default;
    }
    return shown;
}

static int print_live(struct live_run *run, const struct options *options, FILE *out)
{
    const struct options shown = live_run_options(run, options);
    const struct now now = describe_live(run);
    return now_print(&run->record, &now, run->processes.list, &shown, out);
}

/* Names that were looked up stay. */
static void forget_look(struct live_run *run)
{
    struct saved *saved = &run->record.saved;
    now_processes_finish(&run->processes);
    for (size_t i = 0; i < saved->snapshot_count; i++)
        snapshot_destroy(saved->snapshots[i]);
    free(saved->snapshots);
    saved->snapshots = NULL;
    saved->snapshot_count = 0;
}

int live_run_print(struct live_run *run, const struct options *options, FILE *out)
{
    forget_look(run);
    int error = now_look(&run->processes, &run->record, &run->session);
    if (run->record.saved.snapshot_count == 0)
        return error ? error : -ESRCH;
    int unprinted = print_live(run, options, out);
    return unprinted ? unprinted : error;
}
