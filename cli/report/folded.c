/*
 * folded.c - a view as text: a line for each fork, with sums.
 *
 * A line begins with the sums of its last node, which is a leaf, or one with several shown
 * children, or one whose children are not shown.
 */
#include "report/folded.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/character.h"
#include "base/message.h"
#include "base/path.h"
#include "base/sum.h"
#include "names/fit.h"
#include "names/short_path.h"
#include "report/chain.h"
#include "report/columns/sums.h"
#include "report/durations/chart.h"
#include "report/durations/quantiles.h"
#include "report/format.h"
#include "report/objects/lines.h"
#include "report/printer.h"
#include "report/remarks.h"
#include "view/cut.h"
#include "view/objects.h"
#include "view/view.h"

#define LEAST_COLUMNS        20 /* for the names of a line */
#define LEAST_NARROW_COLUMNS 10 /* likewise, of a narrow one */
#define LEAST_OPEN_COLUMNS   8  /* and dots: likewise, where calls have not returned */
#define CLEAR_COLUMNS        27 /* with fewer for long names, what stands at their right has none */
#define LEAST_PLACE          7  /* "…c:1234" */

struct folded {
    struct sums at_left;
    const struct printer *printer;
    const struct view *view;
    const struct view_group *group;
    bool places, histograms;
    size_t columns;        /* 0: no limit */
    const char *directory; /* sources below it have a relative path; or NULL */
    bool *has_sequel;      /* by level: the line drawn last there has another one below it */
    size_t level_room;
    size_t page;            /* lines start again at the left after this many levels */
    size_t levels_left_out; /* of the current line */
    bool marks_folded;      /* for a browser, as in struct folded_line */
};

/* ---- lines ---- */

static void write_source(const struct folded *folded, FILE *out, const struct view_node *node)
{
    /* A browser shows the whole path of the file elsewhere. */
    char *path = folded->marks_folded ? NULL : short_path(node->file, folded->directory);
    message_write_harmless(out, path                   ? path
                                : folded->marks_folded ? path_base_name(node->file)
                                                       : node->file);
    fprintf(out, ":%d", node->line);
    if (node->column)
        fprintf(out, ":%d", node->column);
    free(path);
}

static void write_place(const struct folded *folded, FILE *out, const struct view_node *node)
{
    bool has_line = node->file && node->line;
    if (node->kind != VIEW_FRAME || node->is_phase || (node->is_gone && !has_line))
        return;
    if (has_line) {
        write_source(folded, out, node);
        return;
    }
    message_write_harmless(out, node->module ? node->module : "");
    fprintf(out, "%s0x%" PRIx64, node->module ? "+" : "", node->address);
}

/* Returns the text of the stream, malloc'ed; NULL when out of memory. */
static char *close_text(FILE *out, char **text)
{
    if (fclose(out) == 0)
        return *text;
    free(*text);
    return NULL;
}

/* Returns what stands at the left of the names: the heading of a group, or nothing. */
static char *left_of(const struct folded *folded, const struct view_node *first)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    if (out == NULL)
        return NULL;
    if (first->kind == VIEW_TOP)
        remarks_write_heading(folded->printer, out, folded->view, folded->group);
    return close_text(out, &text);
}

/* Returns the place of a frame, or nothing. */
static char *place_of(const struct folded *folded, const struct view_node *node)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    if (out == NULL)
        return NULL;
    if (folded->places)
        write_place(folded, out, node);
    return close_text(out, &text);
}

static const char *before_place(const struct view_node *node)
{
    return node->is_gone ? ", called at " : " at ";
}

/* Returns what stands at the right of them. */
static char *right_of(const struct folded *folded, const struct view_node *first,
    const struct view_node *last, enum remarks_detail detail)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    if (out == NULL)
        return NULL;
    const struct remarks_of of = {
        folded->view, folded->group, first, last, folded->columns, detail};
    remarks_write(folded->printer, out, &of);
    return close_text(out, &text);
}

static void print_branch(
    const struct folded *folded, const struct view_node *last, size_t level, bool is_top)
{
    const struct glyphs *glyphs = folded->printer->glyphs;
    bool is_folded = folded->marks_folded && last->first_child && last->shown_children == 0;
    const char *top = is_folded ? glyphs->folded_top : glyphs->top;
    const char *branch = is_folded ? glyphs->folded_branch : glyphs->branch;
    const char *end = is_folded ? glyphs->folded_last : glyphs->last;
    fputs(is_top ? top : folded->has_sequel[level] ? branch : end, folded->printer->out);
}

/* Returns the level at which a line is drawn. */
static size_t drawn_level(const struct folded *folded, size_t level)
{
    return level > folded->levels_left_out ? level - folded->levels_left_out : 0;
}

struct marker {
    char text[24];
};

/* Returns what stands before lines with levels left out, "[6] ". A browser's lines have nothing. */
static struct marker marker_of(const struct folded *folded)
{
    struct marker marker = {""};
    if (folded->levels_left_out > 0 && !folded->marks_folded)
        snprintf(marker.text, sizeof marker.text, "[%zu] ", folded->levels_left_out);
    return marker;
}

/* Returns whether the callers of the line's first function are not known. */
static bool begins_cut(const struct view_node *first)
{
    return first->is_cut && first->kind != VIEW_TOP && first->parent->kind == VIEW_TOP;
}

static void print_lines_left(const struct folded *folded, const struct view_node *first,
    const struct view_node *last, size_t level)
{
    const struct glyphs *glyphs = folded->printer->glyphs;
    FILE *out = folded->printer->out;
    bool is_top = drawn_level(folded, level) == 0;
    paint(folded->printer, PAINT_DIM);
    fprintf(out, "%s%s", marker_of(folded).text, is_top ? "" : "  ");
    for (size_t i = 1 + folded->levels_left_out; i < level; i++)
        fputs(folded->has_sequel[i] ? glyphs->line : glyphs->gap, out);
    print_branch(folded, last, level, is_top);
    paint(folded->printer, PAINT_NONE);
    if (begins_cut(first))
        fprintf(out, "%s ", folded->printer->glyphs->dots);
}

static void print_beside(const struct printer *printer, enum paint what, const char *text)
{
    if (text == NULL || *text == '\0')
        return;
    paint(printer, what);
    fputs(text, printer->out);
    paint(printer, PAINT_NONE);
}

static size_t least_columns(const struct folded *folded)
{
    return sums_are_narrow(&folded->at_left) ? LEAST_NARROW_COLUMNS : LEAST_COLUMNS;
}

/* Returns how many columns are right of the sums and lines of `sums`, a node that is drawn on this
 * level; SIZE_MAX: there is no limit. */
static size_t columns_for_text(
    const struct folded *folded, const struct view_node *sums, size_t level, bool is_cut)
{
    size_t dots = is_cut ? character_columns(folded->printer->glyphs->dots) + 1 : 0;
    size_t used = sums_columns(&folded->at_left, sums) + strlen(marker_of(folded).text) +
                  3 * drawn_level(folded, level) + 2 + dots;
    if (folded->columns == 0)
        return SIZE_MAX;
    return used < folded->columns ? folded->columns - used : 1;
}

/* Frees the text, and returns what fits of it, malloc'ed; NULL when out of memory. */
static char *fit_text(const struct folded *folded, char *text, size_t columns)
{
    char *fitting = text ? names_fit(text, columns, folded->printer->glyphs->dots) : NULL;
    free(text);
    return fitting;
}

static size_t folded_columns_of(const char *text)
{
    return text ? character_columns(text) : 0;
}

/* What stands right of the sums and lines. */
struct parts {
    char *heading, *place, *remarks;      /* malloc'ed; NULL: there is no room, or no memory */
    const struct view_node *first, *last; /* of the names; NULL: there are none */
    size_t columns;                       /* that are left */
    enum remarks_detail detail;
};

/* The heading leaves some columns to the names. */
static void fit_heading(const struct folded *folded, struct parts *parts)
{
    size_t least = parts->first ? least_columns(folded) + 2 : 0;
    size_t most = parts->columns > 2 * least ? parts->columns - least : parts->columns / 2;
    if (folded_columns_of(parts->heading) == 0)
        return;
    parts->heading = fit_text(folded, parts->heading, parts->first ? most : parts->columns);
    size_t used = folded_columns_of(parts->heading) + (parts->first ? 2 : 0);
    parts->columns = used < parts->columns ? parts->columns - used : 1;
}

/* Returns how many columns the names leave if they need no more than `clear`. */
static size_t room_beside_names(
    const struct folded *folded, const struct parts *parts, size_t clear)
{
    size_t names = parts->first ? chain_columns(folded->printer, parts->first, parts->last) : 0;
    size_t least = names < clear ? names : clear;
    return parts->columns > least ? parts->columns - least : 0;
}

/* Of a place, the end is kept: file and line. */
static void fit_place(const struct folded *folded, struct parts *parts)
{
    size_t room = room_beside_names(folded, parts, LEAST_NARROW_COLUMNS);
    size_t at = strlen(before_place(parts->last));
    char *fitting = NULL;
    if (folded_columns_of(parts->place) == 0)
        return;
    if (folded_columns_of(parts->place) + at <= room || room >= LEAST_PLACE + at)
        fitting = names_fit_end(parts->place, room - at, folded->printer->glyphs->dots);
    free(parts->place);
    parts->place = fitting;
    parts->columns -= fitting ? folded_columns_of(fitting) + at : 0;
}

/* Returns whether there is room for the remarks: for quantiles, beside whole names. */
static bool has_room_for_remarks(const struct folded *folded, const struct parts *parts)
{
    size_t clear = sums_are_narrow(&folded->at_left) ? LEAST_NARROW_COLUMNS : CLEAR_COLUMNS;
    if (parts->detail == REMARKS_OPEN)
        clear = LEAST_OPEN_COLUMNS + character_columns(folded->printer->glyphs->dots);
    bool has_quantiles = parts->detail == REMARKS_ALL && quantiles_are_news(parts->last->durations);
    size_t room = room_beside_names(folded, parts, has_quantiles ? SIZE_MAX : clear);
    return folded_columns_of(parts->remarks) <= room;
}

/* `first` is the line's first node. */
static void fit_remarks(
    const struct folded *folded, const struct view_node *first, struct parts *parts)
{
    while (parts->detail < REMARKS_NONE && !has_room_for_remarks(folded, parts)) {
        free(parts->remarks);
        parts->remarks = right_of(folded, first, parts->last, ++parts->detail);
    }
    parts->columns -= folded_columns_of(parts->remarks);
}

static void print_parts(const struct folded *folded, const struct parts *parts)
{
    const struct printer *printer = folded->printer;
    bool has_heading = folded_columns_of(parts->heading) > 0;
    print_beside(printer, PAINT_HEADING, parts->heading);
    if (has_heading && parts->first)
        fputs(": ", printer->out);
    if (parts->first)
        chain_print(printer, parts->first, parts->last, parts->columns);
    if (folded_columns_of(parts->place) > 0)
        print_beside(printer, PAINT_DIM, before_place(parts->last));
    print_beside(printer, PAINT_DIM, parts->place);
    print_beside(printer, PAINT_DIM, parts->remarks);
}

/* Prints the line from `first` to `last`. A top stands for its group and has no name. Returns what
 * the remarks say. */
static enum remarks_detail print_line(const struct folded *folded, const struct view_node *first,
    const struct view_node *last, size_t level)
{
    bool has_names = last->kind != VIEW_TOP;
    struct parts parts = {.heading = left_of(folded, first),
        .place = place_of(folded, last),
        .remarks = right_of(folded, first, last, REMARKS_ALL),
        .first = !has_names                ? NULL
                 : first->kind == VIEW_TOP ? cut_next_child(first, NULL)
                                           : first,
        .last = last,
        .columns = columns_for_text(folded, last, level, begins_cut(first))};
    if (folded->columns) {
        fit_heading(folded, &parts);
        fit_place(folded, &parts);
        fit_remarks(folded, first, &parts);
    }
    sums_print(&folded->at_left, last);
    print_lines_left(folded, first, last, level);
    print_parts(folded, &parts);
    free(parts.heading);
    free(parts.place);
    free(parts.remarks);
    return parts.detail;
}

/* Prints what stands at the left of a line below that of a node, with its sums or without. */
static void print_left_below(
    const struct folded *folded, const struct view_node *sums, bool has_sums, size_t level)
{
    const struct printer *printer = folded->printer;
    if (has_sums)
        sums_print(&folded->at_left, sums);
    else
        fprintf(printer->out, "%*s", (int)sums_columns(&folded->at_left, sums), "");
    paint(printer, PAINT_DIM);
    fprintf(printer->out, "%*s", (int)strlen(marker_of(folded).text) + 2, "");
    for (size_t k = 1 + folded->levels_left_out; k <= level; k++)
        fputs(folded->has_sequel[k] ? printer->glyphs->line : printer->glyphs->gap, printer->out);
    paint(printer, PAINT_NONE);
}

/* Prints the histogram of a leaf, below its line; at the right if there is little room. */
static void print_histogram(const struct folded *folded, const struct view_node *leaf, size_t level)
{
    const struct printer *printer = folded->printer;
    size_t columns = folded->columns ? columns_for_text(folded, leaf, level, false) : 0;
    bool has_room = folded->columns == 0 || columns >= CHART_LEAST_COLUMNS;
    for (size_t i = 0; leaf->durations && i < leaf->durations->size; i++) {
        if (!chart_has_line(leaf->durations, i))
            continue;
        if (has_room)
            print_left_below(folded, leaf, false, level);
        else
            fprintf(printer->out, "%*s", (int)(folded->columns - CHART_LEAST_COLUMNS), "");
        chart_print_line(printer, leaf->durations, i, has_room ? columns : CHART_LEAST_COLUMNS);
        putc('\n', printer->out);
    }
}

/* Returns the last node of the line that begins with `first`. */
static const struct view_node *end_of_line(
    const struct folded *folded, const struct view_node *first)
{
    const struct view_node *last = first, *child;
    while (!folded->places && (child = cut_next_child(last, NULL)) && cut_continues_line(child))
        last = child;
    return last;
}

/* The next line is drawn on this level. */
static void begin_level(struct folded *folded, size_t level, bool has_sequel)
{
    folded->has_sequel[level] = has_sequel;
    folded->levels_left_out = level - level % folded->page;
}

static bool reserve_level(struct folded *folded, size_t level)
{
    if (level < folded->level_room)
        return true;
    bool *more = realloc(folded->has_sequel, 2 * (level + 8) * sizeof *more);
    if (more == NULL)
        return false;
    folded->has_sequel = more;
    folded->level_room = 2 * (level + 8);
    return true;
}

/* Returns the first node of the line that `node` is on. */
static const struct view_node *begin_of_line(const struct folded *folded,
    const struct view_node *node, const struct view_node *top, bool has_heading)
{
    while (!folded->places && node != top && node->parent->is_shown &&
           (node->parent != top || has_heading) && cut_continues_line(node))
        node = node->parent;
    return node;
}

/* ---- lines of objects ---- */

static void print_object(const struct folded *folded, const struct view_object *object,
    enum objects_said said, size_t level)
{
    bool is_idle = object->node->is_idle;
    const struct view_node sums = {.hits = object->hits,
        .time_ns = is_idle ? 0 : object->time_ns,
        .idle_ns = is_idle ? object->time_ns : 0};
    size_t columns = folded->columns ? columns_for_text(folded, &sums, level, false) : 0;
    if (columns && columns < LEAST_NARROW_COLUMNS)
        columns = LEAST_NARROW_COLUMNS;
    char *text = objects_view_text(folded->printer, object, said, columns), *rest = text;
    bool has_sums = !object->is_only;
    for (char *line; (line = strsep(&rest, "\n")); has_sums = false) {
        print_left_below(folded, &sums, has_sums, level);
        print_beside(folded->printer, PAINT_DIM, line);
        putc('\n', folded->printer->out);
    }
    free(text);
}

/* The note of an open call stands below the line, since it has a path. */
static void print_objects(const struct folded *folded, const struct view_node *leaf, size_t level,
    enum remarks_detail detail)
{
    enum objects_said said = detail < REMARKS_NO_NOTE ? OBJECTS_SAID_ALL
                             : detail < REMARKS_OPEN  ? OBJECTS_SAID_NAME
                             : detail < REMARKS_NONE  ? OBJECTS_SAID_OPEN
                                                      : OBJECTS_SAID_NOTHING;
    size_t count = 0;
    const struct view_object *objects = view_objects_of(folded->view, leaf, &count);
    for (size_t i = 0; i < count; i++)
        if (objects_has_line(folded->view, &objects[i], said))
            print_object(folded, &objects[i], said, level);
    struct view_object rest = objects_rest(folded->view, leaf);
    if (count > 0 && rest.time_ns)
        print_object(folded, &rest, said, level);
}

/* ---- the rest ---- */

/* Prints the line, the last one on its level. */
static void folded_print_rest_line(
    struct folded *folded, const struct view_node *parent, size_t level)
{
    size_t count;
    struct view_node rest = cut_rest(parent, &count);
    char *text = remarks_of_rest(folded->printer, &rest);
    begin_level(folded, level, false);
    text = fit_text(folded, text, columns_for_text(folded, &rest, level, false));
    sums_print(&folded->at_left, &rest);
    print_lines_left(folded, &rest, &rest, level);
    print_beside(folded->printer, PAINT_DIM, text);
    putc('\n', folded->printer->out);
    free(text);
}

static bool folded_has_line_after(const struct view_node *node)
{
    return cut_next_child(node->parent, node) || node->parent->has_rest;
}

/* Prints the lines below `top`, and that of `top` if it has a heading. */
static void print_group(struct folded *folded, const struct view_node *top, bool has_heading)
{
    const struct view_node *first = has_heading ? top : cut_next_child(top, NULL);
    size_t level = 0;
    while (first) {
        if (!reserve_level(folded, level))
            return;
        begin_level(folded, level, first != top && folded_has_line_after(first));
        const struct view_node *last = end_of_line(folded, first), *child;
        enum remarks_detail said = print_line(folded, first, last, level);
        putc('\n', folded->printer->out);
        print_objects(folded, last, level, said);
        if (folded->histograms)
            print_histogram(folded, last, level);
        if ((child = cut_next_child(last, NULL))) {
            first = child;
            level++;
            continue;
        }
        while (first != top && cut_next_child(first->parent, first) == NULL) {
            if (first->parent->has_rest)
                folded_print_rest_line(folded, first->parent, level);
            if (first->parent == top && !has_heading)
                return;
            first = begin_of_line(folded, first->parent, top, has_heading);
            level--;
        }
        first = first == top ? NULL : cut_next_child(first->parent, first);
    }
}

/* Returns how many levels leave room for names. */
static size_t choose_page(const struct folded *folded)
{
    const size_t marker = strlen("[9] "), most = SIZE_MAX;
    const struct view_node none = {.hits = 0};
    if (folded->columns == 0)
        return most;
    size_t used = sums_columns(&folded->at_left, &none) + marker + least_columns(folded);
    return folded->columns > used + 3 ? (folded->columns - used) / 3 : 1;
}

void folded_print(
    const struct printer *printer, const struct view *view, const struct report *report)
{
    struct folded folded = {.at_left = {printer, view, report->style.columns, false},
        .printer = printer,
        .view = view,
        .places = report->places,
        .histograms = report->histograms,
        .columns = report->style.columns,
        .directory = report->directory};
    folded.page = choose_page(&folded);
    sums_print_heading(&folded.at_left);
    putc('\n', printer->out);
    for (size_t i = 0; i < view->group_count; i++) {
        folded.group = &view->groups[i];
        if (folded.group->top->is_shown)
            print_group(&folded, folded.group->top, cut_has_heading(view, folded.group));
    }
    free(folded.has_sequel);
}

/* ---- single lines ---- */

static struct folded folded_of(const struct printer *printer, const struct folded_line *line)
{
    return (struct folded){.at_left = {printer, line->view, line->columns, line->shares_hits},
        .printer = printer,
        .view = line->view,
        .group = line->group,
        .places = line->places,
        .columns = line->columns,
        .has_sequel = line->has_sequel,
        .marks_folded = true,
        .levels_left_out = line->levels_left_out};
}

void folded_print_columns(const struct printer *printer, const struct folded_line *line)
{
    struct folded folded = folded_of(printer, line);
    sums_print_heading(&folded.at_left);
}

void folded_print_line(const struct printer *printer, const struct folded_line *line)
{
    struct folded folded = folded_of(printer, line);
    print_line(&folded, line->first, line->last, line->level);
}

void folded_print_rest(const struct printer *printer, const struct folded_line *line)
{
    struct folded folded = folded_of(printer, line);
    size_t count;
    struct view_node rest = cut_rest(line->last, &count);
    sums_print(&folded.at_left, &rest);
    print_lines_left(&folded, &rest, &rest, line->level);
    paint(printer, PAINT_DIM);
    fprintf(printer->out, "%s %zu more", printer->glyphs->dots, count);
    paint(printer, PAINT_NONE);
}
