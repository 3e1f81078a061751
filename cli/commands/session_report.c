/*
 * session_report.c - prints what the processes of a run have recorded.
 */
#include "commands/session_report.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/message.h"
#include "launch/pager.h"
#include "base/progress.h"
#include "base/stack.h"
#include "base/sum.h"
#include "commands/output.h"
#include "commands/printing.h"
#include "commands/record.h"
#include "commands/view_report.h"
#include "objects/deadlock.h"
#include "objects/labels.h"
#include "objects/variables.h"
#include "options/options.h"
#include "report/format.h"
#include "report/summary.h"
#include "symbols/symbols.h"
#include "tasks/groups.h"
#include "trace/open/calls.h"
#include "trace/snapshot.h"
#include "trace/untraced_list.h"
#include "trace/words.h"
#include "tree/build.h"
#include "tree/calls/calls.h"
#include "tree/calls/values.h"
#include "tree/process.h"
#include "view/internals.h"

/* fflush discards data that an earlier fwrite failed to write; only the error flag remains. */
int printing_flush(FILE *out)
{
    struct pollfd polled = {.fd = fileno(out)};
    if (fflush(out) == 0 && !ferror(out))
        return 0;
    int error = errno ? -errno : -EIO;
    return poll(&polled, 1, 0) == 1 && polled.revents & POLLERR ? -EPIPE : error;
}

static bool has_trees(const struct saved *saved)
{
    for (size_t i = 0; i < saved->snapshot_count; i++)
        if (saved->snapshots[i]->node_count > 0)
            return true;
    return false;
}

/* Adds a process that never called the root to the summary, or prints it if it has notes. */
static void take_without_root(
    struct printing *printing, const struct snapshot *snapshot, const struct tree_process *process)
{
    bool has_notes = tree_process_has_notes(process);
    if (printing->first_without_root == NULL) {
        printing->first_without_root = snapshot;
        printing->first_has_notes = has_notes;
    } else if (has_notes) {
        printing->format->process(&printing->report, process, true);
        return;
    }
    summary_add_without_root(&printing->summary, process);
}

struct tree_options printing_tree_options(const struct printing *printing, bool root_is_default)
{
    return (struct tree_options){.root = printing->report.root,
        .root_is_default = root_is_default,
        .is_implied = record_is_implied,
        .argument = printing->record,
        .is_innermost = printing->record->saved.run.is_innermost,
        .labels = printing->labels};
}

bool printing_is_without_root(const struct printing *printing, const struct tree_process *process)
{
    return !printing->report.root_is_default && process->hits && !process->root_found;
}

/* Returns the process with all sums, but with one tree at a time; NULL when out of memory. */
static struct tree_process *open_tree(const struct printing *printing,
    const struct snapshot *snapshot, const struct tree_options *options)
{
    struct tree_process *process = tree_open(snapshot, printing->symbols, options);
    if (process == NULL || tree_count(process) == 0)
        return process;
    tree_destroy(process);
    return NULL;
}

/* The report follows. It may take long to write, and be seen only when it is whole. */
static void say_no_more(FILE *out)
{
    struct stat status;
    if (fstat(fileno(out), &status) != 0 || !S_ISREG(status.st_mode))
        progress_end();
}

/* Prints the tree of a process, or the trees of its calls of the root. `is_last`: print it whether
 * or not it has the root. Returns 0 or -errno. */
static int session_report_print_process(
    struct printing *printing, const struct snapshot *snapshot, bool is_last)
{
    const struct report *report = &printing->report;
    struct tree_options options = printing_tree_options(printing, report->root_is_default);
    options.wants_notes = true;
    struct tree_process *process = open_tree(printing, snapshot, &options);
    struct tree_calls *calls = NULL;
    struct tree_values *values = NULL;
    if (process && snapshot->call_count > 0)
        calls = tree_calls_create(snapshot, process, printing->symbols, &options);
    if (process && snapshot->value_count > 0)
        values = tree_values_create(snapshot, process, printing->symbols, &options);
    bool has_calls = calls || values;
    bool is_complete = process &&
                       (has_calls || (snapshot->call_count == 0 && snapshot->value_count == 0));
    bool is_without_root = is_complete && !is_last && !has_calls &&
                           printing_is_without_root(printing, process);
    if (!is_last && process)
        printing->hits = add_clamped(
            printing->hits, add_clamped(process->hits, process->outside_hits));
    if (!is_last && process)
        printing->has_root |= has_calls || (process->hits && process->root_found);
    say_no_more(report->out);
    int error = is_complete ? 0 : -ENOMEM;
    if (calls)
        error = view_report_print_calls(printing, process, calls);
    else if (values)
        error = view_report_print_values(printing, process, values);
    else if (is_without_root)
        take_without_root(printing, snapshot, process);
    else if (is_complete && (is_last || !summary_takes_quiet(&printing->summary, process)))
        printing->format->process(report, process, false);
    error = error ? error : printing_flush(report->out);
    tree_calls_destroy(calls);
    tree_values_destroy(values);
    tree_destroy(process);
    return error;
}

/* If no process has called the root, the tree of the first process shows what could be seen.
 * Returns 0 or -errno. */
static int print_first_without_root(struct printing *printing)
{
    const struct snapshot *first = printing->first_without_root;
    if (!printing->has_root)
        return session_report_print_process(printing, first, true);
    struct tree_options options = printing_tree_options(printing, false);
    struct tree_process *process = open_tree(printing, first, &options);
    if (process)
        printing->format->process(&printing->report, process, true);
    tree_destroy(process);
    return process ? 0 : -ENOMEM;
}

static int print_processes(struct printing *printing)
{
    struct saved *saved = &printing->record->saved;
    int error = 0;
    for (size_t i = 0; i < saved->snapshot_count && error == 0; i++)
        error = session_report_print_process(printing, saved->snapshots[i], false);
    if (error == 0)
        saved->run.hits = printing->hits;
    bool shows_first = error == 0 && printing->first_without_root &&
                       (!printing->has_root || printing->first_has_notes);
    printing->summary.without_root.is_first_shown = shows_first;
    return shows_first ? print_first_without_root(printing) : error;
}

static void take_nameless(void *summary, const char *path, const char *problem)
{
    summary_add_nameless(summary, path, problem);
}

static void take_unhit(struct report_summary *summary, const struct saved_unhit *unhit)
{
    summary_add_unhit(
        summary, &(struct summary_unhit){unhit->name, unhit->functions, unhit->is_pattern,
                     unhit->may_be_missed, unhit->why, unhit->is_refused});
}

static void take_untraced(struct report_summary *summary, const struct untraced_list *list)
{
    summary->untraced_more = list->more;
    for (size_t i = 0; i < list->count; i++) {
        const struct snapshot_untraced *program = &list->programs[i];
        summary_add_untraced(
            summary, &(struct summary_untraced){program->path, trace_untraced_text(program->reason),
                         trace_untraced_is_interpreter(program->reason), program->count});
    }
}

/* Adds what is known of the run besides its trees to the summary. */
static void session_report_collect(struct printing *printing)
{
    const struct saved *saved = &printing->record->saved;
    struct report_summary *summary = &printing->summary;
    symbols_each_problem(printing->symbols, take_nameless, summary);
    for (size_t i = 0; i < saved->running_count; i++)
        summary_add_running(summary, saved->running[i].name, saved->running[i].pid);
    if (untraced_list_collect(&printing->untraced, saved->snapshots, saved->snapshot_count))
        take_untraced(summary, &printing->untraced);
    for (size_t i = 0; i < saved->unhit_count; i++)
        take_unhit(summary, &saved->unhit[i]);
}

/* If the trees could not be written, nothing else about the run is printed. */
static int print_each(struct printing *printing)
{
    printing->format->begin(&printing->report);
    int error = print_processes(printing);
    if (error == 0)
        session_report_collect(printing);
    view_report_end_calls(printing);
    printing->format->end(&printing->report, &printing->summary);
    return error ? error : printing_flush(printing->report.out);
}

/* ---- what was waited for ---- */

static bool has_objects(const struct saved *saved)
{
    for (size_t i = 0; i < saved->snapshot_count; i++)
        if (saved->snapshots[i]->objects.call_count > 0)
            return true;
    return false;
}

/* They are not saved either. */
static void drop_objects(const struct saved *saved)
{
    for (size_t i = 0; i < saved->snapshot_count; i++) {
        objects_finish(&saved->snapshots[i]->objects);
        open_calls_forget_objects(saved->snapshots[i]);
    }
}

struct labels *printing_find_labels(const struct saved *saved, const struct report *report,
    bool internals, struct deadlocks *deadlocks)
{
    bool unicode = report->style.unicode;
    const struct path_style style = {report->root, unicode ? " › " : " > ", unicode ? "…" : "...",
        internals ? NULL : internals_hides};
    if (!has_objects(saved) || variables_find(saved->snapshots, saved->snapshot_count) != 0)
        return NULL;
    struct labels *labels = labels_create(
        saved->snapshots, saved->snapshot_count, saved->symbols, &style, report->directory);
    if (labels)
        deadlocks_find(deadlocks, labels, saved->snapshots, saved->snapshot_count);
    return labels;
}

static void session_report_find_objects(struct printing *printing, struct deadlocks *deadlocks)
{
    const struct saved *saved = &printing->record->saved;
    if (printing->wish->has_no_objects)
        drop_objects(saved);
    printing->labels = printing_find_labels(
        saved, &printing->report, printing->wish->view.internals, deadlocks);
    if (printing->labels)
        printing->report.deadlocks = deadlocks;
}

/* Without memory for it, tasks are not shown. */
static void find_tasks(const struct printing *printing, struct task_groups *groups)
{
    const struct saved *saved = &printing->record->saved;
    bool unicode = printing->report.style.unicode;
    const struct place_style style = {.arrow = unicode ? " › " : " > ",
        .ellipsis = unicode ? "…" : "...",
        .shows_all = printing->wish->view.internals};
    int error = 0;
    for (size_t i = 0; i < saved->snapshot_count && error == 0; i++)
        error = task_groups_add(groups, saved->snapshots[i], printing->symbols, &style, NULL);
    if (error)
        task_groups_finish(groups);
    task_groups_sort(groups);
}

static int report(
    struct record *record, const struct options *options, const struct view_wish *wish, FILE *out)
{
    char *directory = getcwd(NULL, 0); /* NULL: it was removed */
    struct printing printing = {.record = record,
        .wish = wish,
        .report = {.out = out,
            .root = options->root,
            .root_is_default = options->root_is_default,
            .leaves_word = report_leaves_word(record->saved.run.leaf_count),
            .is_full = wish->is_full,
            .places = wish->places,
            .histograms = wish->histograms,
            .directory = directory,
            .so_far_ns = saved_so_far_ns(&record->saved),
            .is_earlier = record->leaves == NULL,
            .follows = options->follows,
            .is_each = record->saved.run.each > 0,
            .by = record->saved.run.by ? record->saved.run.by : "?",
            .style = output_style(options, out, has_trees(&record->saved))},
        .format = &report_format_text,
        .symbols = record->saved.symbols};
    saved_expect_files(&record->saved);
    struct deadlocks deadlocks = {.count = 0};
    struct task_groups tasks = {.count = 0};
    session_report_find_objects(&printing, &deadlocks);
    find_tasks(&printing, &tasks);
    printing.report.tasks = &tasks;
    if (wish->shows_objects)
        printing.report.table_lines = wish->view.lines;
    FILE *paged = pager_open(out);
    if (paged)
        printing.report.out = paged;
    progress_say("building the trees", TREE_STEPS * saved_count_nodes(&record->saved));
    errno = 0;
    int error = view_report_is_wanted(&printing) ? view_report(&printing, session_report_collect)
                                                 : print_each(&printing);
    progress_end();
    if (paged && fclose(paged) != 0 && error == 0)
        error = errno ? -errno : -EIO;
    summary_finish(&printing.summary);
    untraced_list_finish(&printing.untraced);
    deadlocks_finish(&deadlocks);
    task_groups_finish(&tasks);
    labels_destroy(printing.labels);
    free(directory);
    return error;
}

struct report_call {
    FILE *out;
    const struct options *options;
    const struct view_wish *wish;
    struct record *record;
    int error;
};

static void make_report(void *argument)
{
    struct report_call *call = argument;
    call->error = report(call->record, call->options, call->wish, call->out);
}

static void say_failed(int error)
{
    if (error == -ENOMEM)
        message(error, "cannot print the tree");
    else if (error != 0 && error != -EPIPE)
        message(error, "cannot write the report");
}

static void say_untraced(uint64_t count)
{
    if (count > 0)
        message(0,
            "%" PRIu64
            " process%s could not be traced: a limit, a full disk or a filter of system calls "
            "left no room for a trace file, or the process was killed while the file was made",
            count, count == 1 ? "" : "es");
}

int session_report(
    struct record *record, const struct options *options, const struct view_wish *wish, FILE *out)
{
    say_untraced(record->saved.run.untraced_count);
    struct report_call call = {.out = out, .options = options, .wish = wish, .record = record};
    int error = stack_call(make_report, &call) == 0 ? call.error : -ENOMEM;
    say_failed(error);
    return error;
}
