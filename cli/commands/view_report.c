/*
 * view_report.c - prints a run as one view of all its processes.
 *
 * Trees are made one after the other, thread by thread, and are not needed any more when they are
 * in the view.
 */
#include "commands/view_report.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/message.h"
#include "base/progress.h"
#include "base/sum.h"
#include "commands/printing.h"
#include "commands/record.h"
#include "names/near_miss.h"
#include "options/options.h"
#include "tree/overview.h"
#include "trace/snapshot.h"
#include "tree/build.h"
#include "tree/calls/calls.h"
#include "tree/calls/values.h"
#include "tree/total.h"
#include "view/build.h"

/* A report with this many places, threads and processes can be read in one look. */
#define ONE_LOOK 30

#define LARGE_TRACE 10000

static struct tree_process *make_tree(
    const struct printing *printing, const struct snapshot *snapshot)
{
    struct tree_options options = printing_tree_options(printing, printing->report.root_is_default);
    return tree_open(snapshot, printing->symbols, &options);
}

/* ---- whether it is wanted ---- */

static size_t count_lines(const struct tree_process *process)
{
    size_t lines = process->node_count + (process->hits > 0);
    for (size_t i = 0; i < process->thread_count; i++)
        lines += process->threads[i].hits > 0 && !process->threads[i].is_main;
    return lines;
}

static bool has_calls(const struct saved *saved)
{
    for (size_t i = 0; i < saved->snapshot_count; i++)
        if (saved->snapshots[i]->call_count > 0 || saved->snapshots[i]->value_count > 0)
            return true;
    return false;
}

/* A trace with so many nodes has a tree with more lines, unless nearly all lie outside of the root.
 */
static bool is_large(const struct saved *saved)
{
    return saved_count_nodes(saved) > LARGE_TRACE;
}

/* Small trees are made twice; the names that were found are kept. */
static bool is_read_in_one_look(const struct printing *printing)
{
    const struct saved *saved = &printing->record->saved;
    size_t lines = 0;
    for (size_t i = 0; i < saved->snapshot_count && lines <= ONE_LOOK; i++) {
        struct tree_process *process = make_tree(printing, saved->snapshots[i]);
        if (process && tree_count(process) == 0)
            lines += count_lines(process);
        tree_destroy(process);
    }
    return lines <= ONE_LOOK;
}

bool view_report_is_wanted(const struct printing *printing)
{
    const struct view_wish *wish = printing->wish;
    if (wish->is_full || has_calls(&printing->record->saved))
        return false;
    return wish->is_given || wish->shows_objects || printing->record->saved.run.is_period ||
           is_large(&printing->record->saved) || !is_read_in_one_look(printing);
}

/* ---- the view ---- */

struct work {
    struct printing *printing;
    const struct view_options *options;
    struct view_builder *builder;
    bool has_root; /* a process has called the root, or the user has not named one */
    struct tree_total total;
    struct overview overview;
    struct tree_process *first; /* its functions are suggested as roots */
};

/* Adds what is known of the process besides its tree. */
static int add_facts(struct work *work, const struct tree_process *process)
{
    int error = tree_count(process);
    if (error == 0)
        error = tree_total_add(&work->total, process);
    return error ? error : overview_add(&work->overview, process);
}

/* Processes that have not called the root are only counted, unless all are wanted. */
static int add_process(struct work *work, const struct snapshot *snapshot, bool wants_all)
{
    struct printing *printing = work->printing;
    struct tree_process *process = make_tree(printing, snapshot);
    if (process == NULL)
        return -ENOMEM;
    int error = printing->report.root_is_default ? 0 : tree_count(process);
    bool is_without_root = printing_is_without_root(printing, process);
    if (error == 0 && (wants_all || !is_without_root))
        error = view_add(work->builder, process);
    if (error == 0)
        error = add_facts(work, process);
    work->has_root |= process->hits && !is_without_root;
    if (is_without_root && !wants_all)
        summary_add_without_root(&printing->summary, process);
    if (work->first == NULL && process->hits)
        work->first = process;
    else
        tree_destroy(process);
    return error;
}

static int add_all(struct work *work, bool wants_all)
{
    const struct saved *saved = &work->printing->record->saved;
    int error = 0;
    for (size_t i = 0; i < saved->snapshot_count && error == 0; i++)
        error = add_process(work, saved->snapshots[i], wants_all);
    return error;
}

static void view_report_finish(struct work *work)
{
    view_destroy(work->builder);
    tree_total_finish(&work->total);
    overview_finish(&work->overview);
    tree_destroy(work->first);
}

static int begin_work(struct work *work)
{
    *work = (struct work){.printing = work->printing, .options = work->options};
    return view_begin(&work->builder, work->options);
}

/* If no process has called the root, all are shown. */
static int add_processes(struct work *work)
{
    int error = add_all(work, false);
    if (error || work->has_root || work->printing->summary.without_root.count == 0)
        return error;
    view_report_finish(work);
    summary_finish(&work->printing->summary);
    work->printing->summary = (struct report_summary){.untraced_more = 0};
    error = begin_work(work);
    return error ? error : add_all(work, true);
}

/* The names of the first tree's functions are suggested if the root was not found. */
static void lend_first(struct work *work)
{
    if (work->first == NULL)
        return;
    work->total.sum.threads = work->first->threads;
    work->total.sum.thread_count = work->first->thread_count;
    work->total.sum.show = work->first->show;
    work->total.sum.builder = work->first->builder;
    work->total.sum.is_first = true;
}

void view_report_warn_unmatched(const struct view_builder *builder)
{
    struct near_miss near;
    const char *option, *pattern = view_unmatched(builder, &option, &near);
    if (pattern == NULL)
        return;
    char *question = near_miss_question(&near);
    message(0, "%s '%s' matches nothing in this run%s", option, pattern, question ? question : "");
    free(question);
}

static int print(struct work *work, void (*collect)(struct printing *printing))
{
    struct printing *printing = work->printing;
    struct saved *saved = &printing->record->saved;
    struct report_run run = {.name = saved_program(&saved->run),
        .wall_ns = saved_wall_ns(saved),
        .is_running = saved_is_program_running(&saved->run),
        .is_period = saved->run.is_period,
        .total = &work->total,
        .overview = &work->overview};
    saved->run.hits = add_clamped(work->total.sum.hits, work->total.sum.outside_hits);
    lend_first(work);
    collect(printing);
    view_report_warn_unmatched(work->builder);
    progress_say("arranging the view", 0);
    const struct view *view = view_end(work->builder);
    progress_end();
    printing->format->view(&printing->report, &run, view, &printing->summary);
    return printing_flush(printing->report.out);
}

static struct view_options choose_options(const struct printing *printing)
{
    struct view_options options = printing->wish->view;
    if (printing->report.style.unicode)
        options.ellipsis = "…";
    options.labels = printing->labels;
    options.period_ns = saved_period_ns(&printing->record->saved.run);
    return options;
}

int view_report(struct printing *printing, void (*collect)(struct printing *printing))
{
    const struct view_options options = choose_options(printing);
    struct work work = {.printing = printing, .options = &options};
    int error = begin_work(&work);
    if (error == 0)
        error = add_processes(&work);
    if (error == 0)
        error = print(&work, collect);
    view_report_finish(&work);
    return error;
}

/* ---- calls of the root ---- */

/* A view of the whole process, and if they are wanted, of the tree of each call. */
struct call_views {
    struct view_builder *whole;
    const struct view *all; /* NULL: nothing is known of what was waited for */
    struct view_builder **builders;
    const struct view **views; /* NULL: not wanted */
    size_t count;
};

static int add_whole(struct call_views *views, const struct printing *printing,
    const struct view_options *options, const struct tree_process *process)
{
    if (printing->labels == NULL && printing->report.table_lines == 0)
        return 0;
    int error = view_begin(&views->whole, options);
    if (error == 0)
        error = view_add(views->whole, process);
    if (error == 0)
        views->all = view_end(views->whole);
    return error;
}

static int add_call(struct call_views *views, struct printing *printing,
    const struct view_options *options, const struct tree_process *tree)
{
    size_t i = views->count;
    int error = view_begin(&views->builders[i], options);
    if (error)
        return error;
    views->count++;
    error = view_add(views->builders[i], tree);
    if (error == 0)
        error = view_add(printing->all_calls, tree);
    views->views[i] = view_end(views->builders[i]);
    return error;
}

static int begin_views(struct call_views *views, struct printing *printing, size_t count)
{
    views->builders = calloc(count + 1, sizeof(struct view_builder *));
    views->views = calloc(count + 1, sizeof(struct view *));
    int error = views->builders && views->views ? 0 : -ENOMEM;
    if (error == 0 && printing->all_calls == NULL)
        error = view_begin(&printing->all_calls, &printing->wish->view);
    return error;
}

static void finish_views(const struct call_views *views)
{
    for (size_t i = 0; i < views->count; i++)
        view_destroy(views->builders[i]);
    view_destroy(views->whole);
    free(views->builders);
    free(views->views);
}

static int add_calls(struct call_views *views, struct printing *printing,
    const struct view_options *options, const struct tree_calls *calls)
{
    int error = begin_views(views, printing, calls->count);
    for (size_t i = 0; i < calls->count && error == 0; i++)
        error = add_call(views, printing, options, calls->list[i].tree);
    return error;
}

int view_report_print_calls(
    struct printing *printing, const struct tree_process *process, const struct tree_calls *calls)
{
    const struct view_options options = choose_options(printing);
    struct call_views views = {.count = 0};
    int error = add_whole(&views, printing, &options, process);
    if (error == 0 && printing->wish->is_given)
        error = add_calls(&views, printing, &options, calls);
    if (error == 0)
        printing->format->calls(&printing->report, process, calls, views.views, views.all);
    finish_views(&views);
    return error;
}

#define LINES_OF_VALUE 4 /* each shown value has as many, or more */

/* The values share the lines; the first ones are shown. Returns how many. */
static size_t share_lines(struct view_options *options, size_t values)
{
    size_t shown = options->lines / LINES_OF_VALUE;
    if (options->lines == SIZE_MAX || values == 0)
        return values;
    shown = shown == 0 ? 1 : shown < values ? shown : values;
    options->lines = options->lines / shown > 2 ? options->lines / shown - 1 : 1;
    return shown;
}

int view_report_print_values(
    struct printing *printing, const struct tree_process *process, const struct tree_values *values)
{
    struct view_options options = choose_options(printing);
    struct call_views views = {.count = 0};
    int error = add_whole(&views, printing, &options, process);
    size_t shown = share_lines(&options, values->count);
    if (error == 0)
        error = begin_views(&views, printing, values->count);
    for (size_t i = 0; i < values->count && error == 0; i++)
        error = add_call(&views, printing, &options, values->list[i].tree);
    if (error == 0)
        printing->format->values(&printing->report, process, values, views.views, shown, views.all);
    finish_views(&views);
    return error;
}

void view_report_end_calls(struct printing *printing)
{
    if (printing->all_calls)
        view_report_warn_unmatched(printing->all_calls);
    view_destroy(printing->all_calls);
}
