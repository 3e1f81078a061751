/*
 * session_report.c - prints what the processes of a session have recorded.
 *
 * All traces are read before the first one is printed, so that they show nearly the same moment if
 * processes are still running.
 */
#include "commands/session_report.h"

#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/message.h"
#include "base/path.h"
#include "base/process_time.h"
#include "base/stack.h"
#include "commands/options.h"
#include "leaves/leaves.h"
#include "plan/leaf_check.h"
#include "report/format.h"
#include "report/summary.h"
#include "session/mappings.h"
#include "session/processes.h"
#include "session/session.h"
#include "symbols/symbols.h"
#include "trace/file.h"
#include "trace/lifetimes.h"
#include "trace/snapshot.h"
#include "trace/untraced_list.h"
#include "trace/words.h"
#include "tree/build.h"
#include "tree/calls.h"
#include "tree/process.h"

/* Loading a locale takes a good part of the time of a run without hits. */
static bool can_print_unicode(void)
{
    setlocale(LC_CTYPE, "");
    return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

static struct report_style choose_style(const struct options *options, FILE *out, bool has_trees)
{
    const char *no_color = getenv("NO_COLOR"); /* https://no-color.org: set and not empty */
    struct report_style style = {.unicode = has_trees && can_print_unicode()};
    if (options->color == COLOR_AUTO)
        style.color = isatty(fileno(out)) && !(no_color && *no_color);
    else
        style.color = options->color == COLOR_ALWAYS;
    return style;
}

/* What the processes of the session have recorded. */
struct record {
    struct snapshot **snapshots; /* in the order in which the processes began */
    size_t count;
    size_t untraced; /* processes that could not make a trace file */
};

/* A trace file is also empty for a moment while it is being opened. */
static bool has_stayed_empty(const struct session *session, const char *path)
{
    struct stat status;
    return !mappings_has(session, path) && stat(path, &status) == 0 && status.st_size == 0;
}

/* Reads all trace files. Returns 0, or the first -errno of a file that could not be read, after
 * printing the reason; the other traces are in the record all the same. */
static int record_read(struct record *record, const struct session *session)
{
    struct session_traces traces;
    int error = session_traces(session, &traces);
    if (error) {
        message(error, "cannot read the trace in '%s'", session->place);
        return error;
    }
    record->snapshots = calloc(traces.count + 1, sizeof *record->snapshots);
    for (size_t i = 0; i < traces.count; i++) {
        const char *path = traces.list[i].path, *why = "out of memory";
        int failed = -ENOMEM;
        if (record->snapshots)
            failed = snapshot_read(path, &record->snapshots[record->count], &why);
        if (failed == 0)
            record->count++;
        else if (failed == -EAGAIN)
            failed = 0; /* the process died while it opened the file, before its first hit */
        else if (failed == -ENODATA)
            record->untraced += has_stayed_empty(session, path);
        else
            message(0, "cannot read the trace '%s': %s", path_base_name(path), why);
        error = error || failed == -ENODATA ? error : failed;
    }
    session_traces_finish(&traces);
    return error;
}

/* A pid alone does not identify a process: each PID namespace has its own. */
static bool is_same_process(const struct snapshot *a, const struct snapshot *b)
{
    return a->pid == b->pid && a->birth == b->birth;
}

/* The program itself is the tool's child. What it executes after the tool's end is the same
 * process. */
static bool is_first(const struct record *record, size_t index, int tool)
{
    const struct snapshot *snapshot = record->snapshots[index];
    for (size_t i = 0; i < index; i++)
        if (is_same_process(record->snapshots[i], snapshot))
            return record->snapshots[i]->is_first;
    return snapshot->parent_pid == tool;
}

static bool session_report_is_last(const struct record *record, size_t index)
{
    for (size_t i = index + 1; i < record->count; i++)
        if (is_same_process(record->snapshots[i], record->snapshots[index]))
            return false;
    return true;
}

/* Returns what the process executed before: exec keeps the pid. A forked child is a new process. */
static const struct snapshot *find_former(const struct record *record, size_t index)
{
    const struct snapshot *snapshot = record->snapshots[index];
    while (!snapshot->forked && index-- > 0) {
        const struct snapshot *other = record->snapshots[index];
        if (is_same_process(other, snapshot))
            return other;
    }
    return NULL;
}

/* A process that is still running has not ended, and the end time of the program itself is known.
 * The others, and images that were replaced by exec, ended at an unknown earlier time. */
static void place_in_run(struct record *record, const struct session_view *view)
{
    for (size_t i = 0; i < record->count; i++) {
        struct snapshot *snapshot = record->snapshots[i];
        snapshot->is_first = is_first(record, i, view->tool);
        snapshot->former = find_former(record, i);
        /* The parent of the first process in a PID namespace is outside; the trace from before exec
         * has it. */
        if (snapshot->parent_pid == 0 && snapshot->former)
            snapshot->parent_pid = snapshot->former->parent_pid;
        snapshot->is_running = session_report_is_last(record, i) &&
                               processes_has(view->running, snapshot->pid);
        if (snapshot->is_running)
            continue;
        bool is_program = snapshot->pid == view->life->pid && session_report_is_last(record, i);
        snapshot->taken_ns = is_program ? view->life->ended_ns : 0;
    }
    lifetimes_find(record->snapshots, record->count,
        &(struct lifetimes_seen){view->life, view->others, view->other_count});
}

static void record_finish(struct record *record)
{
    for (size_t i = 0; i < record->count; i++)
        snapshot_destroy(record->snapshots[i]);
    free(record->snapshots);
}

static bool is_implied(const void *leaves, const char *leaf)
{
    return leaves_is_implied(leaves, leaf);
}

/* Checks that everything printed so far was written. fflush discards data that an earlier fwrite
 * failed to write; only the error flag remains. Returns 0 or -errno; -EPIPE if the reader has
 * closed the pipe. */
static int flush(FILE *out)
{
    struct pollfd polled = {.fd = fileno(out)};
    if (fflush(out) == 0 && !ferror(out))
        return 0;
    int error = errno ? -errno : -EIO;
    return poll(&polled, 1, 0) == 1 && polled.revents & POLLERR ? -EPIPE : error;
}

static bool has_trees(const struct record *record)
{
    for (size_t i = 0; i < record->count; i++)
        if (record->snapshots[i]->node_count > 0)
            return true;
    return false;
}

/* What is known so far about the run besides its trees. */
struct printing {
    const struct session_view *view;
    const struct record *record;
    struct report report;
    const struct report_format *format;
    struct symbols *symbols;
    struct report_summary summary;
    const struct snapshot *first_without_root;
    bool first_has_notes; /* that process has notes */
    bool has_root;        /* another process has called the root */
};

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

static struct tree_options options_of(const struct printing *printing, bool root_is_default)
{
    return (struct tree_options){.root = printing->report.root,
        .root_is_default = root_is_default,
        .is_implied = is_implied,
        .argument = printing->view->leaves};
}

/* Prints the tree of a process, or the trees of its calls of the root. `is_last`: print it whether
 * or not it has the root. Returns 0 or -errno. */
static int session_report_print_process(
    struct printing *printing, const struct snapshot *snapshot, bool is_last)
{
    const struct report *report = &printing->report;
    struct tree_options options = options_of(printing, report->root_is_default);
    struct tree_process *process = tree_create(snapshot, printing->symbols, &options);
    struct tree_calls *calls = NULL;
    if (process && snapshot->call_count > 0)
        calls = tree_calls_create(snapshot, process, printing->symbols, &options);
    bool is_complete = process && (calls || snapshot->call_count == 0);
    bool is_without_root = is_complete && !is_last && !calls && !report->root_is_default &&
                           process->hits && !process->root_found;
    if (!is_last && process)
        printing->has_root |= calls || (process->hits && process->root_found);
    if (calls)
        printing->format->calls(report, process, calls);
    else if (is_without_root)
        take_without_root(printing, snapshot, process);
    else if (is_complete && (is_last || !summary_takes_quiet(&printing->summary, process)))
        printing->format->process(report, process, false);
    int error = is_complete ? flush(report->out) : -ENOMEM;
    tree_calls_destroy(calls);
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
    struct tree_options options = options_of(printing, false);
    struct tree_process *process = tree_create(first, printing->symbols, &options);
    if (process)
        printing->format->process(&printing->report, process, true);
    tree_destroy(process);
    return process ? 0 : -ENOMEM;
}

static int print_processes(struct printing *printing)
{
    const struct record *record = printing->record;
    int error = 0;
    for (size_t i = 0; i < record->count && error == 0; i++)
        error = session_report_print_process(printing, record->snapshots[i], false);
    bool shows_first = error == 0 && printing->first_without_root &&
                       (!printing->has_root || printing->first_has_notes);
    printing->summary.without_root.is_first_shown = shows_first;
    return shows_first ? print_first_without_root(printing) : error;
}

static void take_nameless(void *summary, const char *path, const char *problem)
{
    summary_add_nameless(summary, path, problem);
}

static void take_unhit(void *summary, const struct leaf_unhit *unhit)
{
    summary_add_unhit(
        summary, &(struct summary_unhit){unhit->name, unhit->functions, unhit->has_spec,
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

static bool has_snapshot(const struct record *record, int pid)
{
    for (size_t i = 0; i < record->count; i++)
        if (record->snapshots[i]->pid == pid)
            return true;
    return false;
}

/* Processes with trees are marked as running there. */
static void take_running(
    struct report_summary *summary, const struct record *record, const struct processes *running)
{
    for (size_t i = 0; i < running->count; i++)
        if (!has_snapshot(record, running->list[i].pid))
            summary_add_running(summary, running->list[i].name, running->list[i].pid);
}

/* If the trees could not be written, nothing else about the run is printed. */
static void print_end(struct printing *printing, bool is_whole)
{
    const struct session_view *view = printing->view;
    const struct record *record = printing->record;
    struct report_summary *summary = &printing->summary;
    struct untraced_list untraced = {.count = 0};
    symbols_each_problem(printing->symbols, take_nameless, summary);
    if (is_whole) {
        take_running(summary, record, view->running);
        if (untraced_list_collect(&untraced, record->snapshots, record->count))
            take_untraced(summary, &untraced);
        if (view->plans)
            leaf_check_after(
                view->plans, view->leaves, record->snapshots, record->count, take_unhit, summary);
    }
    printing->format->end(&printing->report, summary);
    untraced_list_finish(&untraced);
}

static int print_all(struct printing *printing)
{
    printing->symbols = symbols_create();
    if (printing->symbols == NULL)
        return -ENOMEM;
    printing->format->begin(&printing->report);
    int error = print_processes(printing);
    print_end(printing, error == 0);
    if (error == 0)
        error = flush(printing->report.out);
    summary_finish(&printing->summary);
    symbols_destroy(printing->symbols);
    return error;
}

static int report(FILE *out, const struct session_view *view, const struct record *record)
{
    const struct options *options = view->options;
    struct printing printing = {.view = view,
        .record = record,
        .report = {out, options->root, options->root_is_default,
            choose_style(options, out, has_trees(record))},
        .format = &report_format_text};
    errno = 0;
    return print_all(&printing);
}

struct report_call {
    FILE *out;
    const struct session_view *view;
    const struct record *record;
    int error;
};

static void make_report(void *argument)
{
    struct report_call *call = argument;
    call->error = report(call->out, call->view, call->record);
}

static void say_failed(int error)
{
    if (error == -ENOMEM)
        message(error, "cannot print the tree");
    else if (error != 0 && error != -EPIPE)
        message(error, "cannot write the report");
}

static void say_untraced(size_t count)
{
    if (count > 0)
        message(0,
            "%zu process%s could not be traced: a limit, a full disk or a filter of system calls "
            "left no room for a trace file, or the process was killed while the file was made",
            count, count == 1 ? "" : "es");
}

int session_report(const struct session_view *view, FILE *out)
{
    struct record record = {0};
    int unread = record_read(&record, view->session);
    place_in_run(&record, view);
    say_untraced(record.untraced);
    struct report_call call = {.out = out, .view = view, .record = &record};
    int error = stack_call(make_report, &call) == 0 ? call.error : -ENOMEM;
    say_failed(error);
    record_finish(&record);
    return error ? error : unread;
}
