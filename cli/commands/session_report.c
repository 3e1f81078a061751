/*
 * session_report.c - prints what the processes of a session have recorded.
 *
 * All traces are read before the first is printed, so that they are of nearly one moment where
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
#include "base/stack.h"
#include "commands/options.h"
#include "leaves/leaves.h"
#include "plan/leaf_check.h"
#include "report/text.h"
#include "report/untraced.h"
#include "report/without_hits.h"
#include "report/without_root.h"
#include "session/mappings.h"
#include "session/processes.h"
#include "session/session.h"
#include "symbols/symbols.h"
#include "trace/file.h"
#include "trace/snapshot.h"
#include "tree/calls.h"
#include "tree/build.h"

/* To load a locale takes a good part of the time of a run in which nothing is hit. */
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

/* One that is only being opened is empty, too, for a moment. */
static bool has_stayed_empty(const struct session *session, const char *path)
{
    struct stat status;
    return !mappings_has(session, path) && stat(path, &status) == 0 && status.st_size == 0;
}

/* Reads all trace files. Returns 0, or the first -errno of a file that could not be read, whose
 * reason is printed; the others are there all the same. */
static int record_read(struct record *record, const struct session *session)
{
    struct session_traces traces;
    int error = session_traces(session, &traces);
    if (error) {
        message("cannot read the trace in '%s': %s", session->place, strerror(-error));
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
            failed = 0; /* the process died before its first hit, while it opened the file */
        else if (failed == -ENODATA)
            record->untraced += has_stayed_empty(session, path);
        else
            message("cannot read the trace '%s': %s", strrchr(path, '/') + 1, why);
        error = error || failed == -ENODATA ? error : failed;
    }
    session_traces_finish(&traces);
    return error;
}

/* Each PID namespace has ids of its own. */
static bool is_same_process(const struct snapshot *a, const struct snapshot *b)
{
    return a->pid == b->pid && a->birth == b->birth;
}

/* The program itself is the tool's child, whatever it executes when the tool is gone. */
static bool is_first(const struct record *record, size_t index, int tool)
{
    const struct snapshot *snapshot = record->snapshots[index];
    for (size_t i = 0; i < index; i++)
        if (is_same_process(record->snapshots[i], snapshot))
            return record->snapshots[i]->is_first;
    return snapshot->parent_pid == tool;
}

static bool is_last(const struct record *record, size_t index)
{
    for (size_t i = index + 1; i < record->count; i++)
        if (is_same_process(record->snapshots[i], record->snapshots[index]))
            return false;
    return true;
}

/* What was executed in the process before: exec keeps its id. A forked child is a new process. */
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

/* Of a process that is still running it is known that it has not ended, and of the program itself
 * when it did; the others, and images that were replaced by exec, ended at some time before. */
static void place_in_run(struct record *record, const struct session_view *view)
{
    for (size_t i = 0; i < record->count; i++) {
        struct snapshot *snapshot = record->snapshots[i];
        snapshot->is_first = is_first(record, i, view->tool);
        snapshot->former = find_former(record, i);
        /* Who is the first in a PID namespace has a parent outside, as its forked child knew. */
        if (snapshot->parent_pid == 0 && snapshot->former)
            snapshot->parent_pid = snapshot->former->parent_pid;
        snapshot->is_running = is_last(record, i) && processes_has(view->running, snapshot->pid);
        if (snapshot->is_running)
            continue;
        bool is_program = snapshot->pid == view->program && is_last(record, i);
        snapshot->taken_ns = is_program ? view->end_ns : 0;
    }
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

/* Whether all that was printed just now could be written: what fwrite could not is forgotten by the
 * next fflush, but for the error's mark. Returns 0 or -errno; -EPIPE when nobody reads it. */
static int flush(FILE *out)
{
    struct pollfd polled = {.fd = fileno(out)};
    if (fflush(out) == 0 && !ferror(out))
        return 0;
    int error = errno ? -errno : -EIO;
    return poll(&polled, 1, 0) == 1 && polled.revents & POLLERR ? -EPIPE : error;
}

/* What is known of the processes so far that have no trees of their own. */
struct without_trees {
    struct silent silent;
    struct absent absent;
    const struct snapshot *first_absent;
    bool first_has_notes; /* there is more to say of that one */
    bool has_root;        /* it was met in another process */
};

/* Takes a process that never came to the root, and prints what else there is to say of it. */
static void report_absent(FILE *out, const struct session_view *view,
    const struct snapshot *snapshot, const struct tree_process *process, struct report_style style,
    struct without_trees *without)
{
    bool has_notes = report_text_has_notes(process);
    if (without->first_absent == NULL) {
        without->first_absent = snapshot;
        without->first_has_notes = has_notes;
    } else if (has_notes) {
        report_text_absent(out, process, view->options->root, style);
        return;
    }
    absent_add(&without->absent, process);
}

/* Prints the tree of a process, or those of its calls of the root. `without` NULL: whether it has
 * the root or not. Returns 0 or -errno. */
static int report_process(FILE *out, const struct session_view *view,
    const struct snapshot *snapshot, struct symbols *symbols, struct report_style style,
    struct without_trees *without)
{
    const struct options *options = view->options;
    struct tree_options tree_options = {
        options->root, options->root_is_default, is_implied, view->leaves, false};
    struct tree_process *process = tree_create(snapshot, symbols, &tree_options);
    struct tree_calls *calls = NULL;
    if (process && snapshot->call_count > 0)
        calls = tree_calls_create(snapshot, process, symbols, &tree_options);
    bool is_complete = process && (calls || snapshot->call_count == 0);
    bool is_absent = is_complete && without && !calls && !options->root_is_default &&
                     process->hits && !process->root_found;
    if (without && process)
        without->has_root |= calls || (process->hits && process->root_found);
    if (calls)
        report_text_calls(out, process, calls, options->root, style);
    else if (is_absent)
        report_absent(out, view, snapshot, process, style, without);
    else if (is_complete && !(without && silent_takes(&without->silent, process)))
        report_text(out, process, options->root, options->root_is_default, style);
    int error = is_complete ? flush(out) : -ENOMEM;
    tree_calls_destroy(calls);
    tree_destroy(process);
    return error;
}

/* Where the root was met nowhere, the tree of the first process tells what could be met. Returns 0
 * or -errno. */
static int report_first_absent(FILE *out, const struct session_view *view, struct symbols *symbols,
    struct report_style style, const struct without_trees *without)
{
    const struct options *options = view->options;
    if (!without->has_root)
        return report_process(out, view, without->first_absent, symbols, style, NULL);
    struct tree_options tree_options = {options->root, false, is_implied, view->leaves, false};
    struct tree_process *process = tree_create(without->first_absent, symbols, &tree_options);
    if (process)
        report_text_absent(out, process, options->root, style);
    tree_destroy(process);
    return process ? 0 : -ENOMEM;
}

static bool has_trees(const struct record *record)
{
    for (size_t i = 0; i < record->count; i++)
        if (record->snapshots[i]->node_count > 0)
            return true;
    return false;
}

static void say_without_names(void *argument, const char *path, const char *problem)
{
    FILE *out = argument;
    fputs("functions of '", out);
    message_write_harmless(out, path);
    fprintf(out, "' are shown as addresses: %s\n", problem);
}

static int report_processes(FILE *out, const struct session_view *view, const struct record *record,
    struct report_style style)
{
    struct symbols *symbols = symbols_create();
    struct without_trees without = {0};
    int error = symbols ? 0 : -ENOMEM;
    for (size_t i = 0; i < record->count && error == 0; i++)
        error = report_process(out, view, record->snapshots[i], symbols, style, &without);
    bool shows_first = error == 0 && without.first_absent &&
                       (!without.has_root || without.first_has_notes);
    if (shows_first)
        error = report_first_absent(out, view, symbols, style, &without);
    absent_print(&without.absent, shows_first, view->options->root, out);
    silent_print(&without.silent, out);
    if (symbols)
        symbols_each_problem(symbols, say_without_names, out);
    absent_finish(&without.absent);
    silent_finish(&without.silent);
    symbols_destroy(symbols);
    return error;
}

static bool has_snapshot(const struct record *record, int pid)
{
    for (size_t i = 0; i < record->count; i++)
        if (record->snapshots[i]->pid == pid)
            return true;
    return false;
}

/* Those that have trees say it there. */
static void report_silent(FILE *out, const struct record *record, const struct processes *running)
{
    const char *before = "still running, without a hit so far: ";
    for (size_t i = 0; i < running->count; i++) {
        if (has_snapshot(record, running->list[i].pid))
            continue;
        fputs(before, out);
        message_write_harmless(out, running->list[i].name);
        fprintf(out, "[%d]", running->list[i].pid);
        before = ", ";
    }
    if (*before == ',')
        putc('\n', out);
}

static int report(FILE *out, const struct session_view *view, const struct record *record)
{
    struct report_style style = choose_style(view->options, out, has_trees(record));
    errno = 0;
    int error = report_processes(out, view, record, style);
    if (error == 0) {
        report_silent(out, record, view->running);
        untraced_list_print(out, record->snapshots, record->count);
        if (view->plans)
            leaf_check_after(out, view->plans, view->leaves, record->snapshots, record->count);
        error = flush(out);
    }
    if (error == -ENOMEM)
        message("cannot print the tree: out of memory");
    else if (error != 0 && error != -EPIPE)
        message("cannot write the report: %s", strerror(-error));
    return error;
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

static void say_untraced(size_t count)
{
    if (count > 0)
        message(
            "%zu process%s could not be traced: a limit, a full disk or a filter of system calls "
            "left no room for a trace file, or it was killed while that was made",
            count, count == 1 ? "" : "es");
}

int session_report(const struct session_view *view, FILE *out)
{
    struct record record = {0};
    int unread = record_read(&record, view->session);
    place_in_run(&record, view);
    say_untraced(record.untraced);
    struct report_call call = {.out = out, .view = view, .record = &record};
    int error = stack_call(make_report, &call);
    if (error)
        message("cannot print the tree: out of memory");
    else
        error = call.error;
    record_finish(&record);
    return error ? error : unread;
}
