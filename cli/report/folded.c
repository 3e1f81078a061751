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
#include "names/short_path.h"
#include "report/chain.h"
#include "report/format.h"
#include "report/objects/lines.h"
#include "report/printer.h"
#include "view/cut.h"
#include "view/objects.h"
#include "view/view.h"

#define LEAST_COLUMNS        20 /* for the names of a line */
#define LEAST_NARROW_COLUMNS 12
#define OBJECT_PART          3  /* an object behind its leaf takes one of so many columns */
#define NARROW               60 /* columns of a line that has not all sums */

struct folded {
    const struct printer *printer;
    const struct view *view;
    const struct view_group *group;
    bool places;
    size_t columns;        /* 0: no limit */
    const char *directory; /* sources below it have a relative path; or NULL */
    bool *has_sequel;      /* by level: the line drawn last there has another one below it */
    size_t level_room;
    /* For a browser, as in struct folded_line. */
    bool marks_folded, shares_hits;
    size_t levels_left_out;
};

/* ---- sums at the left ---- */

static void print_column(const struct printer *printer, const char *text, size_t width)
{
    size_t columns = character_columns(text);
    fprintf(printer->out, "%*s%s", (int)(columns < width ? width - columns : 0), "", text);
}

static void print_share(const struct folded *folded, const struct view_node *node)
{
    char text[16] = "";
    uint64_t some = folded->shares_hits ? node->hits : node->time_ns;
    uint64_t all = folded->shares_hits ? folded->view->hits : folded->view->time_ns;
    if (!folded->shares_hits && node->time_ns == 0 && node->idle_ns)
        snprintf(text, sizeof text, "idle");
    else if (all) {
        double share = 100.0 * (double)some / (double)all;
        snprintf(text, sizeof text, share > 0 && share < 1 ? "<1 %%" : "%.0f %%", share);
    }
    print_column(folded->printer, text, 6);
}

static bool is_narrow(const struct folded *folded)
{
    return folded->columns != 0 && folded->columns < NARROW;
}

static bool has_time_columns(const struct folded *folded)
{
    return folded->view->has_times && !(is_narrow(folded) && folded->shares_hits);
}

/* A narrow line has one of the two. */
static bool has_hits_column(const struct folded *folded)
{
    return !(is_narrow(folded) && has_time_columns(folded));
}

static bool has_share_column(const struct folded *folded)
{
    return folded->view->has_times || folded->shares_hits;
}

static void print_sums(const struct folded *folded, const struct view_node *node)
{
    const struct printer *printer = folded->printer;
    char text[40] = "";
    if (has_share_column(folded))
        paint(printer, node->time_ns || folded->shares_hits ? PAINT_TIME : PAINT_DIM);
    if (has_time_columns(folded))
        print_duration_column(printer, node->time_ns ? node->time_ns : node->idle_ns, 9);
    if (has_share_column(folded))
        print_share(folded, node);
    if (has_share_column(folded))
        paint(printer, PAINT_NONE);
    format_number(node->hits, text, sizeof text);
    if (has_hits_column(folded))
        print_column(printer, text, 10);
    fputs("  ", printer->out);
}

static void print_columns_heading(const struct folded *folded)
{
    paint(folded->printer, PAINT_DIM);
    if (has_time_columns(folded))
        fputs("     time", folded->printer->out);
    if (has_share_column(folded))
        fputs(" share", folded->printer->out);
    if (has_hits_column(folded))
        fputs("      hits", folded->printer->out);
    paint(folded->printer, PAINT_NONE);
}

static size_t columns_of_sums(const struct folded *folded)
{
    return (has_time_columns(folded) ? 9 : 0) + (has_share_column(folded) ? 6 : 0) +
           (has_hits_column(folded) ? 10 : 0) + 2;
}

/* ---- remarks at the right ---- */

static void begin_remark(FILE *out, size_t *count)
{
    fputs((*count)++ ? ", " : "  ", out);
}

static void remark_count(
    FILE *out, size_t *count, uint64_t number, const char *one, const char *many)
{
    begin_remark(out, count);
    print_count(out, number, one, many);
}

static void remark_open(
    const struct folded *folded, FILE *out, size_t *count, const struct view_node *node)
{
    char text[40];
    if (node->open == 0)
        return;
    begin_remark(out, count);
    if (node->hits == 1)
        fputs("unfinished", out);
    else
        fprintf(out, "%" PRIu64 " unfinished", node->open);
    if (node->open_ns == 0)
        return;
    format_duration(folded->printer, node->open_ns, text, sizeof text);
    fprintf(out, node->open == 1 ? " for %s" : ", one for %s", text);
}

/* A node says by how many processes or threads it was reached where these are others than those of
 * the line above. */
static void remark_owners(const struct folded *folded, FILE *out, size_t *count,
    const struct view_node *first, const struct view_node *last)
{
    const struct view_group *group = folded->group;
    const struct view_node *above = first->kind == VIEW_TOP ? NULL : first->parent;
    bool is_first_line = above == NULL || above->kind == VIEW_TOP;
    uint32_t processes = is_first_line ? group->processes : above->processes;
    uint32_t threads = is_first_line ? group->threads : above->threads;
    if (last->kind == VIEW_TOP)
        return;
    if (last->processes != processes)
        remark_count(out, count, last->processes, "process", "processes");
    if (group->thread_key && last->threads != threads)
        remark_count(out, count, last->threads, "thread", "threads");
}

static void remark_longest(
    const struct folded *folded, FILE *out, size_t *count, const struct view_node *node)
{
    char text[40];
    if (node->kind != VIEW_LEAF || node->hits < 2 || node->longest_ns == 0)
        return;
    format_duration(folded->printer, node->longest_ns, text, sizeof text);
    begin_remark(out, count);
    fprintf(out, "longest %s", text);
}

/* Of a node with both, the sums at the left have the time in work. */
static void remark_idle(
    const struct folded *folded, FILE *out, size_t *count, const struct view_node *node)
{
    char text[40];
    if (node->time_ns == 0 || node->idle_ns == 0)
        return;
    format_duration(folded->printer, node->idle_ns, text, sizeof text);
    begin_remark(out, count);
    fprintf(out, "%s idle", text);
}

static void remark_object(
    const struct folded *folded, FILE *out, size_t *count, const struct view_node *node)
{
    const struct view_object *object = view_objects_only(folded->view, node);
    if (object == NULL)
        return;
    begin_remark(out, count);
    objects_write_behind(folded->printer, out, object, folded->columns / OBJECT_PART);
}

static void write_remarks(const struct folded *folded, FILE *out, const struct view_node *first,
    const struct view_node *last)
{
    size_t count = 0;
    remark_object(folded, out, &count, last);
    if (last->first_child && last->shown_children == 0) {
        remark_count(out, &count, last->paths, "path", "paths");
        remark_idle(folded, out, &count, last);
    }
    remark_owners(folded, out, &count, first, last);
    remark_longest(folded, out, &count, last);
    remark_open(folded, out, &count, last);
}

/* ---- lines ---- */

static void write_processes_of(const struct folded *folded, FILE *out)
{
    const struct view_group *group = folded->group;
    if (group->processes > 1)
        fprintf(out, "%" PRIu32 " %s ", group->processes, folded->printer->glyphs->times);
    message_write_harmless(out, group->program);
    if (group->processes == 1)
        fprintf(out, "[%d]", group->pid);
}

static void write_threads_of(const struct folded *folded, FILE *out)
{
    const struct view_group *group = folded->group;
    if (group->threads == 1)
        fprintf(out, "thread %d", group->tid);
    else
        fprintf(out, "%" PRIu32 " threads", group->threads);
    if (group->thread_name[0]) {
        fputs(" \"", out);
        message_write_harmless(out, group->thread_name);
        putc('"', out);
    }
    if (folded->view->processes == 1)
        return;
    fputs(" of ", out);
    message_write_harmless(out, group->program);
}

static void write_heading(const struct folded *folded, FILE *out)
{
    if (folded->group->thread_key)
        write_threads_of(folded, out);
    else
        write_processes_of(folded, out);
}

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
    if (node->kind != VIEW_FRAME || node->is_gone)
        return;
    fputs(" at ", out);
    if (node->file && node->line) {
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
        write_heading(folded, out);
    return close_text(out, &text);
}

/* Returns what stands at the right of them. */
static char *right_of(
    const struct folded *folded, const struct view_node *first, const struct view_node *last)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    if (out == NULL)
        return NULL;
    if (folded->places)
        write_place(folded, out, last);
    write_remarks(folded, out, first, last);
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
    fputs(is_top ? "" : "  ", out);
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

/* A browser has the rest of a line when it is selected. */
static size_t least_columns(const struct folded *folded)
{
    return folded->marks_folded && is_narrow(folded) ? LEAST_NARROW_COLUMNS : LEAST_COLUMNS;
}

/* Returns how many columns are left for the names; SIZE_MAX: there is no limit. */
static size_t columns_for_names(
    const struct folded *folded, const struct view_node *first, size_t level, size_t beside)
{
    size_t dots = begins_cut(first) ? character_columns(folded->printer->glyphs->dots) + 1 : 0;
    size_t used = columns_of_sums(folded) + 3 * drawn_level(folded, level) + 2 + dots + beside;
    if (folded->columns == 0)
        return SIZE_MAX;
    return used < folded->columns ? folded->columns - used : 0;
}

/* Prints the names from `first` to `last`, of which a top has none. */
static void folded_print_names(const struct folded *folded, const struct view_node *first,
    const struct view_node *last, size_t columns)
{
    if (first->kind == VIEW_TOP && first != last) {
        fputs(": ", folded->printer->out);
        columns -= 2;
    }
    if (last->kind != VIEW_TOP)
        chain_print(folded->printer, first->kind == VIEW_TOP ? cut_next_child(first, NULL) : first,
            last, columns);
}

static size_t folded_columns_of(const char *text)
{
    return text ? character_columns(text) : 0;
}

/* Prints the line from `first` to `last`. A top stands for its group. Where the names would have
 * too little room, what stands at their right is left out. Without memory, the texts beside the
 * names are missing. */
static void print_line(const struct folded *folded, const struct view_node *first,
    const struct view_node *last, size_t level)
{
    const struct printer *printer = folded->printer;
    char *left = left_of(folded, first), *right = right_of(folded, first, last);
    size_t heading = folded_columns_of(left), least = least_columns(folded);
    size_t columns = columns_for_names(folded, first, level, heading + folded_columns_of(right));
    bool has_room = columns >= least;
    if (!has_room)
        columns = columns_for_names(folded, first, level, heading);
    print_sums(folded, last);
    print_lines_left(folded, first, last, level);
    print_beside(printer, PAINT_HEADING, left);
    folded_print_names(folded, first, last, columns > least ? columns : least);
    print_beside(printer, PAINT_DIM, has_room ? right : NULL);
    free(left);
    free(right);
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

static void print_object(const struct folded *folded, const struct view_node *leaf, size_t level,
    const struct view_object *object)
{
    const struct glyphs *glyphs = folded->printer->glyphs;
    FILE *out = folded->printer->out;
    struct view_node sums = {.hits = object->hits,
        .time_ns = leaf->is_idle ? 0 : object->time_ns,
        .idle_ns = leaf->is_idle ? object->time_ns : 0};
    size_t used = columns_of_sums(folded) + 3 * level + 2 + 2; /* with the dot */
    if (object->is_only)
        fprintf(out, "%*s", (int)columns_of_sums(folded), "");
    else
        print_sums(folded, &sums);
    paint(folded->printer, PAINT_DIM);
    fputs("  ", out);
    for (size_t i = 1; i <= level; i++)
        fputs(folded->has_sequel[i] ? glyphs->line : glyphs->gap, out);
    objects_print_own_line(folded->printer, object,
        folded->columns == 0                     ? 0
        : folded->columns > used + LEAST_COLUMNS ? folded->columns - used
                                                 : LEAST_COLUMNS);
    putc('\n', out);
}

/* The note of an open call stands below the line, since it has a path. */
static void print_objects(const struct folded *folded, const struct view_node *leaf, size_t level)
{
    size_t count = 0;
    const struct view_object *objects = view_objects_of(folded->view, leaf, &count);
    for (size_t i = 0; i < count; i++)
        if (objects[i].is_shown || (objects[i].is_only && objects[i].open && objects[i].note))
            print_object(folded, leaf, level, &objects[i]);
    struct view_object rest = objects_rest(folded->view, leaf);
    if (count > 0 && rest.time_ns)
        print_object(folded, leaf, level, &rest);
}

/* Prints the lines below `top`, and that of `top` if it has a heading. */
static void print_group(struct folded *folded, const struct view_node *top, bool has_heading)
{
    const struct view_node *first = has_heading ? top : cut_next_child(top, NULL);
    size_t level = 0;
    while (first) {
        if (!reserve_level(folded, level))
            return;
        folded->has_sequel[level] = first != top && cut_next_child(first->parent, first);
        const struct view_node *last = end_of_line(folded, first), *child;
        print_line(folded, first, last, level);
        putc('\n', folded->printer->out);
        print_objects(folded, last, level);
        if ((child = cut_next_child(last, NULL))) {
            first = child;
            level++;
            continue;
        }
        while (first != top && cut_next_child(first->parent, first) == NULL) {
            if (first->parent == top && !has_heading)
                return;
            first = begin_of_line(folded, first->parent, top, has_heading);
            level--;
        }
        first = first == top ? NULL : cut_next_child(first->parent, first);
    }
}

void folded_print(
    const struct printer *printer, const struct view *view, const struct report *report)
{
    struct folded folded = {.printer = printer,
        .view = view,
        .places = report->places,
        .columns = report->style.columns,
        .directory = report->directory};
    print_columns_heading(&folded);
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
    return (struct folded){.printer = printer,
        .view = line->view,
        .group = line->group,
        .places = line->places,
        .columns = line->columns,
        .has_sequel = line->has_sequel,
        .marks_folded = true,
        .shares_hits = line->shares_hits,
        .levels_left_out = line->levels_left_out};
}

void folded_print_columns(const struct printer *printer, const struct folded_line *line)
{
    struct folded folded = folded_of(printer, line);
    print_columns_heading(&folded);
}

void folded_print_line(const struct printer *printer, const struct folded_line *line)
{
    struct folded folded = folded_of(printer, line);
    print_line(&folded, line->first, line->last, line->level);
}

/* Returns what the children of a node have that are not shown. */
static struct view_node sum_hidden_children(const struct view_node *parent, size_t *count)
{
    struct view_node sum = {.kind = VIEW_FRAME, .parent = (struct view_node *)parent};
    for (const struct view_node *child = parent->first_child; child; child = child->next_sibling) {
        if (child->is_shown)
            continue;
        sum.hits = add_clamped(sum.hits, child->hits);
        sum.time_ns = add_clamped(sum.time_ns, child->time_ns);
        sum.idle_ns = add_clamped(sum.idle_ns, child->idle_ns);
        ++*count;
    }
    return sum;
}

void folded_print_rest(const struct printer *printer, const struct folded_line *line)
{
    struct folded folded = folded_of(printer, line);
    size_t count = 0;
    struct view_node rest = sum_hidden_children(line->last, &count);
    print_sums(&folded, &rest);
    print_lines_left(&folded, &rest, &rest, line->level);
    paint(printer, PAINT_DIM);
    fprintf(printer->out, "%s %zu more", printer->glyphs->dots, count);
    paint(printer, PAINT_NONE);
}
