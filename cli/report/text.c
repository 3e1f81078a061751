/*
 * text.c - a report as text, for people.
 */
#include "report/format.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/message.h"
#include "base/sum.h"
#include "base/wrap.h"
#include "report/drawing.h"
#include "report/notes.h"
#include "report/objects/deadlocks.h"
#include "report/printer.h"
#include "report/text_calls.h"
#include "report/tasks/tasks.h"
#include "report/text_end.h"
#include "report/text_view.h"
#include "tree/calls/calls.h"
#include "tree/process.h"
#include "tree/total.h"
#include "tree/tree.h"

static void print_waiting_time(const struct printer *printer, uint64_t ns)
{
    print_total(printer, ns);
    if (ns)
        fprintf(printer->out, " %s", printer->leaves_word);
}

static void print_thread_name(const struct printer *printer, const struct tree_thread *thread)
{
    FILE *out = printer->out;
    print_thread_id(out, thread->tid, thread->name, thread->successors);
    fputs(": ", out);
    print_count(out, thread->hits, "hit", "hits");
    print_waiting_time(printer, thread->waiting_ns);
    if (thread->ran_ns) {
        fputs("; ran ", out);
        print_duration(printer, thread->ran_ns);
        print_total(printer, thread->cpu_ns);
        fputs(" on CPU", out);
    }
    putc('\n', out);
}

static void print_thread(const struct printer *printer, size_t index)
{
    int error = tree_show(printer->process, index);
    const struct tree_thread *thread = &printer->process->threads[index];
    struct printer of_thread = *printer;
    of_thread.thread = thread;
    if (!thread->is_main)
        print_thread_name(printer, thread);
    if (error)
        fputs("out of memory: this tree is not shown\n", printer->out);
    else
        drawing_print(&of_thread, thread->top);
}

/* ---- head and foot ---- */

static void print_name(const struct printer *printer)
{
    char *name = tree_process_name(printer->process);
    print_painted(printer, PAINT_FUNCTION, name ? name : printer->process->program);
    free(name);
}

static void print_title(const struct printer *printer)
{
    fputs(" \"", printer->out);
    message_write_harmless(printer->out, printer->process->title);
    putc('"', printer->out);
}

/* An executed program replaces the former one in the same process. */
static void print_former(const struct printer *printer)
{
    const struct tree_process *process = printer->process;
    char *name = tree_process_former_name(process);
    fputs(", executed by ", printer->out);
    message_write_harmless(printer->out, name ? name : process->former_program);
    fprintf(printer->out, "[%d]", process->pid);
    free(name);
}

static void print_origin(const struct printer *printer)
{
    const struct tree_process *process = printer->process;
    if (process->forked)
        fprintf(printer->out, ", forked from %d", process->parent_pid);
    else if (!process->is_first && process->parent_pid == 0)
        fputs(", the first of its PID namespace", printer->out);
    else if (!process->is_first)
        fprintf(printer->out, ", child of %d", process->parent_pid);
    if (process->former_program)
        print_former(printer);
}

static void text_print_process(const struct printer *printer)
{
    const struct tree_process *process = printer->process;
    print_name(printer);
    fprintf(printer->out, "[%d]", process->pid);
    if (process->title && process->title[0])
        print_title(printer);
    print_origin(printer);
    fputs(process->is_running ? ", still running: " : ": ", printer->out);
}

/* How long the process ran, and how much of it on a processor. If it was killed, that is what was
 * last known. */
static void print_usage(const struct printer *printer)
{
    const struct process_usage *usage = &printer->process->usage;
    uint64_t cpu_ns = add_clamped(usage->user_ns, usage->system_ns);
    bool is_whole = usage->is_known || printer->process->is_running;
    if (usage->wall_ns == 0)
        return;
    fputs(is_whole ? "; ran " : "; ran at least ", printer->out);
    print_duration(printer, usage->wall_ns);
    if (cpu_ns == 0)
        return;
    fputs(", ", printer->out);
    print_duration(printer, cpu_ns);
    fputs(" on CPU", printer->out);
}

static void print_no_hits(const struct printer *printer)
{
    fputs("no hits", printer->out);
    if (tree_process_misses_hits(printer->process))
        fputs(" in the tree", printer->out);
    else if (printer->process->is_first)
        fputs(": no leaf was called (--list-leaves shows other leaves)", printer->out);
    print_usage(printer);
    putc('\n', printer->out);
}

static void print_head(const struct printer *printer)
{
    const struct tree_process *process = printer->process;
    FILE *out = printer->out;
    size_t threads = 0;
    text_print_process(printer);
    if (process->hits == 0) {
        print_no_hits(printer);
        return;
    }
    for (size_t i = 0; i < process->thread_count; i++)
        if (process->threads[i].hits)
            threads += 1 + (size_t)process->threads[i].successors;
    print_count(out, process->hits, "hit", "hits");
    fputs(" of ", out);
    print_count(out, process->leaf_count, "leaf", "leaves");
    fputs(" in ", out);
    print_count(out, threads, "thread", "threads");
    print_waiting_time(printer, process->waiting_ns);
    print_usage(printer);
    putc('\n', out);
}

static void print_report(struct printer *printer, const struct report *report)
{
    print_head(printer);
    for (size_t i = 0; i < printer->process->thread_count; i++)
        if (printer->process->threads[i].hits)
            print_thread(printer, i);
    notes_print_all(printer, report->root, report->root_is_default);
    if (report->is_each)
        notes_print_inlined_root(printer, report->root);
}

/* ---- a process without the root ---- */

static void text_print_without_root(const struct printer *printer, const char *root)
{
    text_print_process(printer);
    print_count(printer->out, printer->process->hits, "hit", "hits");
    fputs(", never reached '", printer->out);
    message_write_harmless(printer->out, root);
    fputs("'\n", printer->out);
    notes_print_losses(printer);
}

/* ---- the whole ---- */

/* What is to be printed; `calls` NULL: the tree of the whole process. */
struct job {
    const struct report *report;
    const struct tree_process *process; /* NULL: the end of the report */
    const struct tree_calls *calls;
    const struct tree_values *values; /* or NULL */
    size_t shown;                     /* of the values */
    const struct view *const *views;  /* of the calls, or NULL */
    const struct report_summary *summary;
    const struct view *view; /* of all processes, or with calls, of their process; or NULL */
    const struct report_run *run;
    bool is_without_root, is_begin;
};

static void print_calls_report(const struct printer *printer, const struct job *job)
{
    text_print_process(printer);
    if (job->values)
        text_values_print(printer, job->values, job->views, job->shown, job->view, job->report);
    else
        text_calls_print(printer, job->calls, job->views, job->view, job->report);
    notes_print_losses(printer);
}

static void print_so_far(const struct printer *printer, const struct report *report)
{
    fputs("so far, after ", printer->out);
    paint(printer, PAINT_TIME);
    print_duration(printer, report->so_far_ns);
    paint(printer, PAINT_NONE);
    fputs(report->is_earlier ? "; the program went on\n" : "; the program goes on\n", printer->out);
}

static void print_end(const struct printer *printer, const struct job *job)
{
    text_end_print(printer, job->summary, job->report->root);
    tasks_print(printer, job->report->tasks);
}

static void do_job(struct printer *printer, const struct job *job)
{
    const char *root = job->report->root;
    if (job->report->so_far_ns > 0 && (job->is_begin || job->run))
        print_so_far(printer, job->report);
    if (job->is_begin)
        deadlocks_print(printer, job->report->deadlocks);
    else if (job->run)
        text_view_print(printer, job->report, job->run, job->view, job->summary);
    else if (job->summary)
        print_end(printer, job);
    else if (job->is_without_root)
        text_print_without_root(printer, root);
    else if (job->calls || job->values)
        print_calls_report(printer, job);
    else
        print_report(printer, job->report);
}

/* The lines of a terminal are wrapped when they are complete. */
static void print_wrapped(struct printer *printer, const struct job *job)
{
    FILE *out = printer->out;
    char *text = NULL;
    size_t size = 0;
    FILE *buffer = open_memstream(&text, &size);
    bool is_whole = false;
    if (buffer) {
        printer->out = buffer;
        do_job(printer, job);
        is_whole = !ferror(buffer);
        is_whole &= fclose(buffer) == 0;
        printer->out = out;
    }
    char *wrapped = is_whole ? wrap_text(text, printer->columns) : NULL;
    if (wrapped)
        fputs(wrapped, out);
    else /* out of memory */
        do_job(printer, job);
    free(wrapped);
    free(text);
}

static void print_job(const struct job *job)
{
    const struct report *report = job->report;
    struct printer printer = {
        .out = report->out,
        .process = job->process,
        .glyphs = report->style.unicode ? &unicode_glyphs : &ascii_glyphs,
        .leaves_word = report->leaves_word,
        .is_full = report->is_full,
        .color = report->style.color,
        .columns = report->style.columns,
    };
    if (printer.columns)
        print_wrapped(&printer, job);
    else
        do_job(&printer, job);
}

/* There is no head: the first process begins the report, or what is wrong. */
static void begin(const struct report *report)
{
    print_job(&(struct job){.report = report, .is_begin = true});
}

static void print_process_tree(
    const struct report *report, const struct tree_process *process, bool is_without_root)
{
    print_job(
        &(struct job){.report = report, .process = process, .is_without_root = is_without_root});
}

static void print_process_calls(const struct report *report, const struct tree_process *process,
    const struct tree_calls *calls, const struct view *const *views, const struct view *all)
{
    print_job(&(struct job){
        .report = report, .process = process, .calls = calls, .views = views, .view = all});
}

static void print_process_values(const struct report *report, const struct tree_process *process,
    const struct tree_values *values, const struct view *const *views, size_t shown,
    const struct view *all)
{
    print_job(&(struct job){.report = report,
        .process = process,
        .values = values,
        .views = views,
        .shown = shown,
        .view = all});
}

static void print_view(const struct report *report, const struct report_run *run,
    const struct view *view, const struct report_summary *summary)
{
    print_job(&(struct job){.report = report,
        .process = &run->total->sum,
        .run = run,
        .view = view,
        .summary = summary});
}

static void end(const struct report *report, const struct report_summary *summary)
{
    print_job(&(struct job){.report = report, .summary = summary});
}

const struct report_format report_format_text = {
    .name = "text",
    .begin = begin,
    .process = print_process_tree,
    .calls = print_process_calls,
    .values = print_process_values,
    .view = print_view,
    .end = end,
};
