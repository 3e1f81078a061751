/*
 * text_view.c - a view as text: what a report says first, and what it says last.
 */
#include "report/text_view.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/character.h"
#include "base/message.h"
#include "report/columns/sums.h"
#include "report/durations/quantiles.h"
#include "report/folded.h"
#include "report/format.h"
#include "report/notes.h"
#include "report/objects/deadlocks.h"
#include "report/objects/table.h"
#include "report/printer.h"
#include "report/tasks/tasks.h"
#include "report/text_end.h"
#include "report/text_overview.h"
#include "tree/total.h"
#include "view/view.h"

#define LEAF_LINES     8
#define OVERVIEW_LINES 10

#define COLUMNS_BESIDE_NAME 60 /* of the table of leaves, with quantiles */

static void print_number(FILE *out, uint64_t number, const char *one, const char *many)
{
    char text[40];
    format_number(number, text, sizeof text);
    fprintf(out, "%s %s", text, number == 1 ? one : many);
}

static void print_named_duration(
    const struct printer *printer, const char *before, uint64_t ns, const char *after)
{
    fputs(before, printer->out);
    paint(printer, PAINT_TIME);
    print_duration(printer, ns);
    paint(printer, PAINT_NONE);
    fputs(after, printer->out);
}

/* ---- head ---- */

static void print_waiting(const struct printer *printer, const struct view *view)
{
    if (view->time_ns || view->idle_ns == 0) {
        print_named_duration(printer, ", ", view->time_ns, " ");
        fputs(printer->leaves_word, printer->out);
    }
    if (view->idle_ns)
        print_named_duration(printer, ", ", view->idle_ns, " idle");
    if (view->threads > 1)
        fprintf(printer->out, " (sum over %" PRIu32 " threads)", view->threads);
}

static const char *word_of_wall(const struct report_run *run)
{
    return run->is_period ? "in " : run->is_running ? "running for " : "ran ";
}

void text_view_print_head(
    const struct printer *printer, const struct report_run *run, const struct view *view)
{
    FILE *out = printer->out;
    print_painted(printer, PAINT_FUNCTION, run->name);
    fputs(": ", out);
    if (run->wall_ns)
        print_named_duration(printer, word_of_wall(run), run->wall_ns, "");
    if (run->total->cpu_ns)
        print_named_duration(printer, run->wall_ns ? ": " : "", run->total->cpu_ns,
            run->total->is_cpu_least ? " or more on CPU" : " on CPU");
    if (view->has_times)
        print_waiting(printer, view);
    putc('\n', out);
    if (run->total->process_count > 1) {
        print_number(out, run->total->process_count, "process", "processes");
        fputs(", ", out);
    }
    print_number(out, view->hits, "hit", "hits");
    fputs(" of ", out);
    print_number(out, view->leaf_count, "leaf", "leaves");
    if (view->dropped_hits) {
        fputs("; not counted here: ", out);
        print_number(out, view->dropped_hits, "hit", "hits");
        fputs(" of other paths", out);
    }
    putc('\n', out);
}

/* ---- leaves ---- */

#define NARROW    60 /* columns of a terminal on which the table has only some columns */
#define LEAF_NAME 40 /* columns */

static bool text_view_is_narrow(const struct printer *printer)
{
    return printer->columns && printer->columns < NARROW;
}

/* Returns the columns for the names of leaves. */
static size_t columns_of_names(const struct printer *printer, const struct view *view)
{
    size_t most = text_view_is_narrow(printer) ? printer->columns - 23 : printer->columns - 40;
    size_t columns = 4;
    for (size_t i = 0; i < view->leaf_count && i < LEAF_LINES; i++) {
        size_t name = character_columns(view->leaves[i].name);
        columns = name > columns ? name : columns;
    }
    most = printer->columns && most < LEAF_NAME ? most : LEAF_NAME;
    return columns < most ? columns : most;
}

/* Returns what there is to say behind the columns, malloc'ed; NULL when out of memory. */
static char *remarks_of(const struct printer *printer, const struct view_leaf *leaf)
{
    char *text = NULL, idle[40];
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (out == NULL)
        return NULL;
    format_duration(printer, leaf->idle_ns, idle, sizeof idle);
    if (leaf->idle_ns)
        fprintf(out, "  and %s idle", idle);
    if (leaf->open)
        fprintf(out, "  %" PRIu64 " unfinished", leaf->open);
    return fclose(out) == 0 ? text : NULL;
}

/* The remarks are left out where they do not fit. */
static void print_remarks(const struct printer *printer, const struct view_leaf *leaf, size_t used)
{
    char *text = remarks_of(printer, leaf);
    bool fits = printer->columns == 0 ||
                (text && used + character_columns(text) <= printer->columns);
    if (text && fits)
        fputs(text, printer->out);
    free(text);
}

/* Returns whether the table has columns for the quantiles: some leaf has one, and there is room. */
static bool has_quantiles(const struct printer *printer, const struct view *view, size_t width)
{
    if (printer->columns && printer->columns < width + COLUMNS_BESIDE_NAME)
        return false;
    for (size_t i = 0; i < view->leaf_count && i < LEAF_LINES; i++)
        if (histogram_calls(&view->leaves[i].durations) >= QUANTILES_MEDIAN_CALLS)
            return true;
    return false;
}

static void print_quantile(
    const struct printer *printer, const struct view_leaf *leaf, unsigned percent)
{
    char text[40];
    quantiles_format(printer, &leaf->durations, percent, text, sizeof text);
    size_t columns = character_columns(text);
    fprintf(printer->out, "%*s%s", (int)(columns < 10 ? 10 - columns : 0), "", text);
}

static void print_quantiles(const struct printer *printer, const struct view_leaf *leaf)
{
    print_quantile(printer, leaf, 50);
    print_quantile(printer, leaf, 99);
}

static void text_view_print_longest(const struct printer *printer, const struct view_leaf *leaf)
{
    char text[40];
    if (!leaf->durations.is_longest_most || leaf->longest_ns != leaf->durations.longest_ns) {
        print_duration_column(printer, leaf->longest_ns, 10);
        return;
    }
    quantiles_format_longest(printer, &leaf->durations, leaf->longest_ns, text, sizeof text);
    size_t columns = character_columns(text);
    fprintf(printer->out, "%*s%s", (int)(columns < 10 ? 10 - columns : 0), "", text);
}

static void print_leaf(const struct printer *printer, const struct view *view,
    const struct view_leaf *leaf, size_t width, bool quantiles)
{
    FILE *out = printer->out;
    char hits[40], paths[40];
    size_t columns = character_columns(leaf->name);
    fputs("  ", out);
    paint(printer, PAINT_LEAF);
    print_fitting(printer, leaf->name, width);
    paint(printer, PAINT_NONE);
    fprintf(out, "%*s", (int)(columns < width ? width - columns : 0), "");
    sums_format_hits(view, leaf->hits, leaf->open, hits, sizeof hits);
    format_number(leaf->paths, paths, sizeof paths);
    if (view->has_times)
        print_duration_column(printer, leaf->time_ns, 10);
    fprintf(out, " %10s", hits);
    if (!text_view_is_narrow(printer)) {
        if (quantiles)
            print_quantiles(printer, leaf);
        if (view->has_times)
            text_view_print_longest(printer, leaf);
        fprintf(out, " %6s", paths);
        print_remarks(printer, leaf, width + (quantiles ? COLUMNS_BESIDE_NAME : 40));
    }
    putc('\n', out);
}

static void print_other_leaves(const struct printer *printer, const struct view *view)
{
    uint64_t hits = 0, ns = 0;
    size_t count = view->leaf_count - LEAF_LINES;
    for (size_t i = LEAF_LINES; i < view->leaf_count; i++) {
        hits += view->leaves[i].hits;
        ns += view->leaves[i].time_ns + view->leaves[i].idle_ns;
    }
    fprintf(printer->out, "  %s and %zu more: ", printer->glyphs->dots, count);
    print_number(printer->out, hits, "hit", "hits");
    print_total(printer, ns);
    putc('\n', printer->out);
}

static void print_leaves(const struct printer *printer, const struct view *view)
{
    size_t width = columns_of_names(printer, view);
    bool quantiles = has_quantiles(printer, view, width);
    if (view->leaf_count < 2)
        return;
    paint(printer, PAINT_DIM);
    fprintf(printer->out, "\n  %-*s", (int)width, "leaf");
    fprintf(printer->out, "%s%11s", view->has_times ? "      time" : "", sums_hits_heading(view));
    fputs(quantiles ? "    median       p99" : "", printer->out);
    if (!text_view_is_narrow(printer))
        fputs(view->has_times ? "   longest  paths" : "  paths", printer->out);
    paint(printer, PAINT_NONE);
    putc('\n', printer->out);
    for (size_t i = 0; i < view->leaf_count && i < LEAF_LINES; i++)
        print_leaf(printer, view, &view->leaves[i], width, quantiles);
    if (view->leaf_count > LEAF_LINES)
        print_other_leaves(printer, view);
}

/* ---- histograms ---- */

static bool has_durations(const struct view *view, bool *has_ended)
{
    bool found = false;
    *has_ended = false;
    for (size_t i = 0; i < view->leaf_count; i++) {
        found |= view->leaves[i].durations.size > 0;
        *has_ended |= view->leaves[i].hits > view->leaves[i].open;
    }
    return found;
}

/* Histograms that were asked for and cannot be shown. */
static void note_no_histograms(const struct printer *printer, const struct view *view)
{
    bool has_ended;
    if (has_durations(view, &has_ended) || !has_ended)
        return;
    begin_note(printer);
    fputs(view->has_times ? "No histograms: the run was saved by a version that did not count how "
                            "long calls took."
                          : "No histograms: the run has no times.",
        printer->out);
    end_note(printer);
}

/* ---- how to see more ---- */

void text_view_print_more(const struct printer *printer, const struct view *view)
{
    FILE *out = printer->out;
    if (view->cut_paths == 0)
        return;
    print_number(out, view->cut_paths, "path is", "paths are");
    fputs(" not shown (", out);
    print_number(out, view->cut_hits, "hit", "hits");
    print_total(printer, view->cut_ns);
    if (view->cut_idle_ns)
        print_named_duration(printer, ", ", view->cut_idle_ns, " idle");
    fputs("): see --all, --under FUNCTION, --full\n", out);
}

void text_view_print(const struct printer *printer, const struct report *report,
    const struct report_run *run, const struct view *view, const struct report_summary *summary)
{
    fputs(report->follows ? "\n" : "", printer->out);
    text_view_print_head(printer, run, view);
    deadlocks_print(printer, report->deadlocks);
    notes_print_all(printer, report->root, report->root_is_default);
    if (report->is_each)
        notes_print_inlined_root(printer, report->root);
    text_end_print(printer, summary, report->root);
    if (report->histograms)
        note_no_histograms(printer, view);
    text_overview_print(
        printer, run->overview, view->idle_ns > 0, OVERVIEW_LINES, report->style.columns);
    if (report->table_lines > 0) {
        objects_print_table(printer, view, report->table_lines, report->style.columns);
        return;
    }
    if (view->hits) {
        putc('\n', printer->out);
        folded_print(printer, view, report);
        print_leaves(printer, view);
    }
    text_view_print_more(printer, view);
    tasks_print(printer, report->tasks);
}
