/*
 * table.c - what was waited for most, over all leaves.
 */
#include "report/objects/table.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/character.h"
#include "base/message.h"
#include "base/sum.h"
#include "names/fit.h"
#include "report/printer.h"
#include "view/view.h"

#define LEAST_COLUMNS 12 /* of an object's text */
#define MOST_COLUMNS  60
#define LEAF_COLUMNS  14 /* at least */
#define OPEN_COLUMNS  24 /* likewise, with calls that have not returned */
#define LEAST_NAME    6  /* of a leaf */
#define NARROW        60 /* columns of a terminal on which there are only some columns */

struct table {
    struct view_object *rows; /* malloc'ed */
    size_t count;
    bool has_times, is_narrow;
    size_t width;        /* of the objects' texts */
    size_t leaf_columns; /* of what stands behind the numbers */
};

/* Waiting for work comes last, and is not put together with waiting in work. */
static int compare_idle(const struct view_object *a, const struct view_object *b)
{
    return a->node->is_idle - b->node->is_idle;
}

static int table_compare_texts(const void *left, const void *right)
{
    const struct view_object *a = left, *b = right;
    if (compare_idle(a, b) != 0)
        return compare_idle(a, b);
    int by_leaf = strcmp(a->node->function, b->node->function);
    int by_text = by_leaf ? by_leaf : strcmp(a->general, b->general);
    return by_text ? by_text : (a->space > b->space) - (a->space < b->space);
}

static int table_compare_times(const void *left, const void *right)
{
    const struct view_object *a = left, *b = right;
    if (compare_idle(a, b) != 0)
        return compare_idle(a, b);
    if (a->time_ns != b->time_ns)
        return a->time_ns > b->time_ns ? -1 : 1;
    if (a->hits != b->hits)
        return a->hits > b->hits ? -1 : 1;
    return table_compare_texts(left, right);
}

static void table_merge(struct view_object *to, const struct view_object *from)
{
    if (strcmp(to->text, from->text) != 0)
        to->text = to->general;
    to->hits = add_clamped(to->hits, from->hits);
    to->open = add_clamped(to->open, from->open);
    to->time_ns = add_clamped(to->time_ns, from->time_ns);
    to->longest_ns = from->longest_ns > to->longest_ns ? from->longest_ns : to->longest_ns;
}

/* Returns an empty table when out of memory. */
static struct table make_table(const struct view *view)
{
    struct table table = {.rows = calloc(view->object_count + 1, sizeof *table.rows)};
    size_t kept = 0;
    if (table.rows == NULL || view->object_count == 0)
        return table;
    memcpy(table.rows, view->objects, view->object_count * sizeof *table.rows);
    qsort(table.rows, view->object_count, sizeof *table.rows, table_compare_texts);
    for (size_t i = 1; i < view->object_count; i++) {
        if (table_compare_texts(&table.rows[kept], &table.rows[i]) == 0)
            table_merge(&table.rows[kept], &table.rows[i]);
        else
            table.rows[++kept] = table.rows[i];
    }
    table.count = kept + 1;
    qsort(table.rows, table.count, sizeof *table.rows, table_compare_times);
    return table;
}

static size_t columns_of_numbers(const struct table *table)
{
    return !table->has_times ? 11 : table->is_narrow ? 10 : 31;
}

/* `columns`: of the terminal; 0: no limit. */
static void choose_widths(struct table *table, size_t lines, size_t columns)
{
    const size_t beside = 2 + columns_of_numbers(table) + 2;
    size_t widest = LEAST_COLUMNS, room = MOST_COLUMNS, leaf = LEAF_COLUMNS;
    for (size_t i = 0; i < table->count && i < lines; i++) {
        size_t width = character_columns(table->rows[i].text);
        widest = width > widest ? width : widest;
        leaf = table->rows[i].open ? OPEN_COLUMNS : leaf;
    }
    if (columns)
        room = columns > beside + LEAST_COLUMNS + leaf ? columns - beside - leaf : LEAST_COLUMNS;
    table->width = widest < room ? widest : room;
    table->leaf_columns = !columns                          ? SIZE_MAX
                          : columns > beside + table->width ? columns - beside - table->width
                                                            : 1;
}

static void print_text(const struct printer *printer, const char *text, size_t width)
{
    char *fitting = names_fit(text, width, printer->glyphs->dots);
    const char *shown = fitting ? fitting : text;
    size_t columns = character_columns(shown);
    message_write_harmless(printer->out, shown);
    fprintf(printer->out, "%*s", (int)(columns < width ? width - columns : 0), "");
    free(fitting);
}

/* Of a call that has not returned this is said in any case, and without its leaf if need be. */
static void print_leaf_of_row(
    const struct printer *printer, const struct view_object *row, size_t columns)
{
    const char *idle = row->node->is_idle ? "  idle" : "";
    char text[60];
    snprintf(text, sizeof text, row->open ? "%s  %" PRIu64 " unfinished" : "%s", idle, row->open);
    size_t said = character_columns(text), name = character_columns(row->node->function);
    bool fits = columns == SIZE_MAX || name + said <= columns;
    if (!fits && row->open && columns < said + LEAST_NAME) {
        print_fitting(printer, text + strspn(text, " "), columns);
        return;
    }
    paint(printer, PAINT_LEAF);
    print_fitting(printer, row->node->function, !fits && row->open ? columns - said : columns);
    paint(printer, PAINT_NONE);
    if (fits || row->open)
        fputs(text, printer->out);
}

static void print_row(
    const struct printer *printer, const struct table *table, const struct view_object *row)
{
    FILE *out = printer->out;
    char hits[40];
    fputs("  ", out);
    print_text(printer, row->text, table->width);
    format_number(row->hits, hits, sizeof hits);
    if (table->has_times)
        print_duration_column(printer, row->time_ns, 10);
    if (!table->has_times || !table->is_narrow)
        fprintf(out, " %10s", hits);
    if (table->has_times && !table->is_narrow)
        print_duration_column(printer, row->longest_ns, 10);
    fputs("  ", out);
    print_leaf_of_row(printer, row, table->leaf_columns);
    putc('\n', out);
}

static void print_table_heading(const struct printer *printer, const struct table *table)
{
    paint(printer, PAINT_DIM);
    fprintf(printer->out, "\n  %-*s", (int)table->width, "waited for");
    fputs(!table->has_times  ? "       hits  leaf"
          : table->is_narrow ? "      time  leaf"
                             : "      time       hits   longest  leaf",
        printer->out);
    paint(printer, PAINT_NONE);
    putc('\n', printer->out);
}

static void print_others(const struct printer *printer, const struct table *table, size_t lines)
{
    uint64_t hits = 0, ns = 0;
    char number[40];
    if (table->count <= lines)
        return;
    for (size_t i = lines; i < table->count; i++) {
        hits = add_clamped(hits, table->rows[i].hits);
        ns = add_clamped(ns, table->rows[i].time_ns);
    }
    fprintf(printer->out, "  %s and %zu more: ", printer->glyphs->dots, table->count - lines);
    format_number(hits, number, sizeof number);
    fprintf(printer->out, "%s %s", number, hits == 1 ? "hit" : "hits");
    print_total(printer, ns);
    putc('\n', printer->out);
}

void objects_print_table(
    const struct printer *printer, const struct view *view, size_t lines, size_t columns)
{
    struct table table = make_table(view);
    if (table.count == 0) {
        fputs("\nit is not known what was waited for\n", printer->out);
        free(table.rows);
        return;
    }
    table.has_times = view->has_times;
    table.is_narrow = columns && columns < NARROW;
    choose_widths(&table, lines, columns);
    print_table_heading(printer, &table);
    for (size_t i = 0; i < table.count && i < lines; i++)
        print_row(printer, &table, &table.rows[i]);
    print_others(printer, &table, lines);
    free(table.rows);
}
