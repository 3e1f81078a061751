/*
 * print.c - prints what the threads of a run wait for.
 */
#include "commands/now/print.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/message.h"
#include "base/progress.h"
#include "base/stack.h"
#include "commands/now/chosen_leaves.h"
#include "commands/now/look.h"
#include "commands/now/threads.h"
#include "commands/output.h"
#include "commands/printing.h"
#include "commands/record.h"
#include "commands/view_report.h"
#include "launch/pager.h"
#include "objects/deadlock.h"
#include "objects/labels.h"
#include "options/options.h"
#include "report/format.h"
#include "symbols/symbols.h"
#include "tasks/groups.h"
#include "trace/snapshot.h"
#include "tree/build.h"
#include "tree/kind.h"
#include "view/build.h"

#define SHOWN 12 /* different waits, unless the user says how many */

struct print {
    struct record *record;
    const struct options *options;
    const struct now_process *processes;
    struct now now;
    struct report report;
    struct view_options view_options;
    struct labels *labels;
    struct deadlocks deadlocks;
    struct view_builder *builder;
    struct other_threads others;
    struct task_groups tasks;
    bool has_root; /* a process has called the root */
};

/* ---- options ---- */

/* Programs get each thread and each call site. */
static struct view_options choose_view(
    const struct options *options, const struct chosen_leaves *leaves)
{
    struct view_options view = options->wish.view;
    view.leaves = chosen_leaves_patterns(leaves);
    view.lines = SIZE_MAX;
    view.min_ns = 0;
    view.min_percent = 0;
    view.sort = VIEW_BY_TIME;
    view.inverts = view.places = false;
    if (options->is_json)
        view.internals = view.sites = view.apart_threads = view.apart_processes = true;
    return view;
}

static size_t choose_lines(const struct view_wish *wish)
{
    if (wish->is_all)
        return SIZE_MAX;
    return wish->has_limit ? wish->view.lines : SHOWN;
}

/* Of threads in no call it is not known whether they are on these paths. */
static bool wants_all_paths(const struct view_options *view)
{
    return view->under.count + view->through.count + view->without.count + view->leaves.count +
               view->threads.count + view->processes.count ==
           0;
}

/* ---- what was waited for ---- */

static void find_labels(struct print *print)
{
    if (print->options->wish.has_no_objects)
        return;
    print->labels = printing_find_labels(
        &print->record->saved, &print->report, print->view_options.internals, &print->deadlocks);
    print->view_options.labels = print->labels;
    if (print->labels)
        print->now.deadlocks = &print->deadlocks;
}

/* ---- the view ---- */

static int add_others(struct print *print, const struct tree_process *tree, size_t index)
{
    if (print->processes == NULL || !wants_all_paths(&print->view_options))
        return 0;
    return threads_add_others(&print->others, &print->processes[index].threads, tree->pid,
        tree_process_kind(tree), print->options->is_json || print->view_options.apart_threads);
}

static bool is_thread_idle(const struct print *print, int tid)
{
    size_t count;
    const int *idle = view_idle_threads(print->builder, &count);
    for (size_t i = 0; i < count; i++)
        if (idle[i] == tid)
            return true;
    return false;
}

/* A task that runs in a thread that waits for work is a worker of its runtime, if no other task has
 * had a turn in its turn so far. */
static void find_workers(const struct print *print, struct snapshot *snapshot)
{
    for (size_t i = 0; i < snapshot->task_count; i++) {
        struct snapshot_task *task = &snapshot->tasks[i];
        if (task->state == TASK_RUNNING && task->thread != SNAPSHOT_NONE &&
            is_thread_idle(print, snapshot->threads[task->thread].tid))
            task->state = TASK_RUNS_OTHERS;
    }
}

static int add_tasks(struct print *print, const struct tree_process *tree, size_t index)
{
    struct saved *saved = &print->record->saved;
    bool unicode = print->report.style.unicode;
    bool has_sources = print->now.places && !print->options->is_json;
    const struct place_style style = {.arrow = has_sources ? "\n"
                                               : unicode   ? " › "
                                                           : " > ",
        .ellipsis = print->view_options.ellipsis,
        .shows_all = print->view_options.internals && !print->options->is_json,
        .has_sources = has_sources,
        .directory = print->report.directory,
        .facts = view_facts(print->builder)};
    if (saved->snapshots[index]->task_count + saved->snapshots[index]->lost_turns == 0 ||
        !view_wants_tasks(print->builder, tree))
        return 0;
    find_workers(print, saved->snapshots[index]);
    return task_groups_add(
        &print->tasks, saved->snapshots[index], saved->symbols, &style, &print->view_options);
}

/* With a root that the user has named, what is not below it is not shown; but tasks are continued
 * by whatever runs. */
static int print_add_process(struct print *print, size_t index)
{
    const struct options *options = print->options;
    const struct tree_options tree_options = {.root = print->report.root,
        .root_is_default = print->report.root_is_default,
        .is_implied = record_is_implied,
        .argument = print->record,
        .labels = print->labels};
    struct saved *saved = &print->record->saved;
    struct tree_process *tree = tree_open(saved->snapshots[index], saved->symbols, &tree_options);
    if (tree == NULL)
        return -ENOMEM;
    int error = options->root_is_default ? 0 : tree_count(tree);
    bool has_root = options->root_is_default || tree->root_found;
    print->has_root |= has_root;
    if (error == 0 && has_root)
        error = view_add(print->builder, tree);
    if (error == 0)
        error = add_others(print, tree, index);
    if (error == 0)
        error = add_tasks(print, tree, index);
    tree_destroy(tree);
    return error;
}

static int print_add_processes(struct print *print)
{
    int error = view_begin(&print->builder, &print->view_options);
    for (size_t i = 0; i < print->record->saved.snapshot_count && error == 0; i++)
        error = print_add_process(print, i);
    return error;
}

static void print_warnings(const struct print *print)
{
    if (!print->has_root && print->record->saved.snapshot_count > 0)
        message(0, "no call is open below '%s'", print->report.root);
    view_report_warn_unmatched(print->builder);
}

/* ---- printing ---- */

static int print_to(struct print *print, FILE *out)
{
    FILE *paged = print->options->is_json ? NULL : pager_open(out);
    print->report.out = paged ? paged : out;
    errno = 0;
    if (print->options->is_json)
        now_json_print(&print->report, &print->now);
    else
        now_text_print(&print->report, &print->now);
    int error = printing_flush(print->report.out);
    if (paged && fclose(paged) != 0 && error == 0)
        error = errno ? -errno : -EIO;
    return error;
}

static int make_and_print(struct print *print, FILE *out)
{
    const struct options *options = print->options;
    if (!options->is_json && !options->wish.view.internals)
        symbols_spare_c_library(print->record->saved.symbols);
    saved_expect_files(&print->record->saved);
    find_labels(print);
    int error = print_add_processes(print);
    if (error)
        return error;
    print_warnings(print);
    print->now.view = view_end(print->builder);
    print->now.threads = print->others.list;
    print->now.thread_count = print->others.count;
    task_groups_sort(&print->tasks);
    print->now.tasks = &print->tasks;
    progress_end();
    return print_to(print, out);
}

static int print_all_of_run(struct record *record, const struct now *now,
    const struct now_process *processes, const struct options *options,
    const struct chosen_leaves *leaves, FILE *out)
{
    char *directory = getcwd(NULL, 0); /* NULL: it was removed */
    struct print print = {.record = record,
        .options = options,
        .processes = processes,
        .now = *now,
        .view_options = choose_view(options, leaves),
        .report = {.root = options->root,
            .root_is_default = options->root_is_default,
            .directory = directory,
            .style = output_style(options, out, !options->is_json)}};
    print.now.places = options->wish.places;
    print.now.lines = choose_lines(&options->wish);
    print.now.is_all = options->wish.is_all || options->is_json;
    print.now.is_brief = options->is_brief;
    print.now.min_ns = options->wish.view.min_ns;
    if (print.report.style.unicode)
        print.view_options.ellipsis = "…";
    int error = make_and_print(&print, out);
    view_destroy(print.builder);
    deadlocks_finish(&print.deadlocks);
    labels_destroy(print.labels);
    other_threads_finish(&print.others);
    task_groups_finish(&print.tasks);
    free(directory);
    return error;
}

struct print_call {
    struct record *record;
    const struct now *now;
    const struct now_process *processes;
    const struct options *options;
    struct chosen_leaves leaves; /* --leaf */
    FILE *out;
    int error;
};

static void make_print(void *argument)
{
    struct print_call *call = argument;
    call->error = print_all_of_run(
        call->record, call->now, call->processes, call->options, &call->leaves, call->out);
}

/* Debugging information is read, which needs much stack. */
int now_print(struct record *record, const struct now *now, const struct now_process *processes,
    const struct options *options, FILE *out)
{
    struct print_call call = {record, now, processes, options, .out = out};
    char *problem = NULL;
    int error = chosen_leaves_read(&call.leaves, options, &problem);
    if (error) {
        chosen_leaves_finish(&call.leaves);
        return message_fail(error, problem);
    }
    error = stack_call(make_print, &call);
    error = error ? error : call.error;
    chosen_leaves_finish(&call.leaves);
    if (error != 0 && error != -EPIPE)
        message(error, error == -ENOMEM ? "cannot print the calls" : "cannot write the report");
    return error;
}
