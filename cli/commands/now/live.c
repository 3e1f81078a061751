/*
 * live.c - a run that goes on: what is known of it, and looks at what waits.
 */
#include "commands/now/live.h"

#include <errno.h>
#include <stdlib.h>

#include "base/path.h"
#include "commands/now/print.h"
#include "commands/which_run.h"
#include "symbols/symbols.h"
#include "trace/snapshot.h"

/* Without a run's own leaves, a leaf that works by calling another one is shown with it. */
static int read_notes(struct live_run *run, char **problem)
{
    struct notes *notes = &run->notes;
    int error = notes_read(notes, run->session.directory);
    if (error)
        return which_run_explain(run->session.place, error, problem);
    error = options_parse(&run->options, (int)notes->argument_count, notes->arguments, problem);
    if (error)
        return error;
    if (run->options.action != ACTION_RUN)
        return which_run_explain(run->session.place, -EPROTO, problem);
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

static const char *name_of_program(const struct options *options)
{
    return options->program && options->program[0] ? path_base_name(options->program[0]) : NULL;
}

/* The first process that was traced is the program itself, if it is still there. */
static struct now describe_live(const struct live_run *run)
{
    const struct saved *saved = &run->record.saved;
    const struct snapshot *first = saved->snapshots[0];
    bool is_program = first->parent_pid == run->notes.tool || saved->snapshot_count == 1;
    return (struct now){.name = name_of_program(&run->options),
        .pid = is_program ? first->pid : 0,
        .wall_ns = first->taken_ns > first->start_ns ? first->taken_ns - first->start_ns : 0,
        .is_running = true,
        .at_ns = first->taken_ns,
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
