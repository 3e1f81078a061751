/*
 * drawing.c - a tree as text.
 *
 * A tree of up to 20 levels is drawn fully indented. In a deeper tree an only child stands in the
 * column of its caller, so only forks move to the right. If even these go too far, the drawing
 * starts again at the left, with the number of omitted levels: "[40] ". So lines have a bounded
 * length, and no function recurses. On a terminal with less room, there are fewer levels, and long
 * lines are cut in the middle of the name or place.
 */
#include "report/drawing.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/character.h"
#include "base/histogram.h"
#include "base/message.h"
#include "report/objects/lines.h"
#include "base/progress.h"
#include "report/durations/quantiles.h"
#include "report/printer.h"
#include "trace_format.h"
#include "tree/tree.h"

#define SHALLOW_LEVELS 20 /* a tree with at most this many levels is drawn fully indented */
#define PAGE_LEVELS    40 /* columns start again at the left after this many */
#define LEAST_COLUMNS  10 /* of lines below a node */
#define NODE_COLUMNS   30 /* at least, or half of the terminal, for what stands at a node */

struct drawing {
    const struct printer *printer;
    size_t page;      /* columns start again at the left after this many levels */
    bool folds;       /* an only child stands in the column of its caller */
    bool *has_sequel; /* by level: the last node drawn there has a next sibling */
};

static void drawing_print_place(const struct printer *printer, const struct tree_node *node)
{
    FILE *out = printer->out;
    if (node->file && node->line) {
        message_write_harmless(out, node->file);
        fprintf(out, ":%d", node->line);
        if (node->column)
            fprintf(out, ":%d", node->column);
        return;
    }
    if (node->module) {
        message_write_harmless(out, node->module);
        putc('+', out);
    }
    fprintf(out, "0x%" PRIx64, node->address);
}

static void print_marks(const struct printer *printer, const struct tree_node *node)
{
    const char *const marks[] = {
        node->is_interrupted ? "interrupted by a signal" : NULL,
        node->module == NULL ? "generated code" : NULL,
        node->flags & TRACE_BY_FRAME_POINTER ? "caller guessed" : NULL,
    };
    const char *before = " (";
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        if (marks[i] == NULL)
            continue;
        fprintf(printer->out, "%s%s", before, marks[i]);
        before = ", ";
    }
    if (before[0] == ',')
        putc(')', printer->out);
}

#define SMALL_PERCENT 1

/* Returns whether a phase has so little of the process's time that it has only one line. */
static bool is_small_phase(const struct printer *printer, const struct tree_node *node)
{
    return node->is_phase && !printer->is_full && node->first_child->first_child &&
           node->leaf->total_ns < printer->process->waiting_ns / 100 * SMALL_PERCENT;
}

static void print_phase(const struct printer *printer, const struct tree_node *node)
{
    print_painted(printer, PAINT_HEADING, node->function);
    fputs(": ", printer->out);
    print_count(printer->out, node->leaf->hits, "hit", "hits");
    print_total(printer, node->leaf->total_ns);
    if (is_small_phase(printer, node))
        fputs(" (see --full)", printer->out);
}

static void print_frame(const struct printer *printer, const struct tree_node *node)
{
    if (node->is_phase) {
        print_phase(printer, node);
        return;
    }
    if (node->is_gone) {
        print_painted(printer, PAINT_FUNCTION, node->function);
        paint(printer, PAINT_DIM);
        fputs(" (jumps on)", printer->out);
        if (node->file && node->line)
            fputs(", called at ", printer->out);
        if (node->file && node->line)
            drawing_print_place(printer, node);
        paint(printer, PAINT_NONE);
        return;
    }
    if (node->function) {
        /* The name of an inlined function is not bold: there was no call. */
        print_painted(printer, node->is_inlined ? PAINT_NONE : PAINT_FUNCTION, node->function);
        paint(printer, PAINT_DIM);
        fputs(" at ", printer->out);
    } else {
        paint(printer, PAINT_DIM);
    }
    drawing_print_place(printer, node);
    print_marks(printer, node);
    paint(printer, PAINT_NONE);
}

static void print_unfinished(
    const struct printer *printer, const struct tree_leaf *leaf, const char *before)
{
    uint64_t count = leaf->hits - leaf->returns, taken_ns = printer->process->taken_ns;
    if (count == 0)
        return;
    if (leaf->hits == 1)
        fprintf(printer->out, "%sunfinished", before);
    else
        fprintf(printer->out, "%s%" PRIu64 " unfinished", before, count);
    /* The time of entry is only known for the last call. */
    if (count == 1 && leaf->entered_ns && leaf->entered_ns <= taken_ns && taken_ns) {
        fputs(" after ", printer->out);
        print_duration(printer, taken_ns - leaf->entered_ns);
    }
}

/* Returns whether one call took at least twice as long as the mean. */
static bool is_longest_news(const struct tree_leaf *leaf)
{
    return (double)leaf->longest_ns * (double)leaf->returns >= 2 * (double)leaf->total_ns;
}

static void print_longest(const struct printer *printer, const struct tree_leaf *leaf)
{
    bool are_quantiles_news = quantiles_are_news(leaf->durations);
    if (!are_quantiles_news && !is_longest_news(leaf))
        return;
    fputs(", ", printer->out);
    if (are_quantiles_news)
        quantiles_write(printer->out, printer, leaf->durations);
    char text[40];
    quantiles_format_longest(printer, leaf->durations, leaf->longest_ns, text, sizeof text);
    fprintf(printer->out, "longest %s", text);
}

/* Prints no time if none was taken, for example for a function that is only entered by jumps. */
static void drawing_print_leaf(const struct printer *printer, const struct tree_node *node)
{
    const struct tree_leaf *leaf = node->leaf;
    print_painted(printer, PAINT_LEAF, node->function);
    fprintf(printer->out, " %s%" PRIu64, printer->glyphs->times, leaf->hits);
    if (!printer->process->has_times)
        return;
    paint(printer, PAINT_TIME);
    if (leaf->total_ns) {
        fputs("  ", printer->out);
        print_duration(printer, leaf->total_ns);
        print_longest(printer, leaf);
    }
    print_unfinished(printer, leaf, leaf->total_ns ? ", " : "  ");
    paint(printer, PAINT_NONE);
}

const struct tree_node *drawing_next(
    const struct tree_node *node, const struct tree_node *top, size_t *depth)
{
    if (node->first_child) {
        ++*depth;
        return node->first_child;
    }
    while (node != top && node->next_sibling == NULL) {
        node = node->parent;
        --*depth;
    }
    return node == top ? NULL : node->next_sibling;
}

static size_t measure_depth(const struct tree_node *top)
{
    size_t depth = 0, deepest = 0;
    for (const struct tree_node *node = top; node; node = drawing_next(node, top, &depth))
        deepest = depth > deepest ? depth : deepest;
    return deepest;
}

/* Returns whether the node is drawn in the column of its caller. */
static bool is_folded(
    const struct drawing *drawing, const struct tree_node *node, const struct tree_node *top)
{
    return drawing->folds && !node->is_leaf && node->parent != top &&
           node->parent->first_child == node->parent->last_child;
}

/* Returns the columns of what print_lines_below prints. */
static size_t columns_below(const struct drawing *drawing, size_t level)
{
    size_t first = level - level % drawing->page;
    int marker = first ? snprintf(NULL, 0, "[%zu] ", first) : 2;
    return (size_t)marker + 3 * (level + 1 - (first ? first : 1));
}

/* Prints what stands at the left of all lines below a node on `level`. */
static void print_lines_below(const struct drawing *drawing, size_t level)
{
    const struct glyphs *glyphs = drawing->printer->glyphs;
    size_t first = level - level % drawing->page;
    if (first)
        fprintf(drawing->printer->out, "[%zu] ", first);
    else
        fputs("  ", drawing->printer->out);
    for (size_t i = first ? first : 1; i <= level; i++)
        fputs(drawing->has_sequel[i] ? glyphs->line : glyphs->gap, drawing->printer->out);
}

/* Prints the lines to the left of a node on `level`, and its connector. Returns their columns. */
static size_t print_lines(
    const struct drawing *drawing, const struct tree_node *node, size_t level, bool folded)
{
    const struct glyphs *glyphs = drawing->printer->glyphs;
    size_t first = level - level % drawing->page, columns = 2;
    paint(drawing->printer, PAINT_DIM);
    if (level == 0 && !folded) {
        fputs(glyphs->top, drawing->printer->out);
        paint(drawing->printer, PAINT_NONE);
        return columns;
    }
    if (first)
        columns = (size_t)fprintf(drawing->printer->out, "[%zu] ", first);
    else
        fputs("  ", drawing->printer->out);
    for (size_t i = first ? first : 1; i < level + folded; i++)
        fputs(drawing->has_sequel[i] ? glyphs->line : glyphs->gap, drawing->printer->out);
    if (!folded)
        fputs(node->next_sibling ? glyphs->branch : glyphs->last, drawing->printer->out);
    paint(drawing->printer, PAINT_NONE);
    return columns + 3 * (level + 1 - (first ? first : 1));
}

static void print_cut(const struct printer *printer, uint32_t flags)
{
    if ((flags & (TRACE_CUT | TRACE_LOST_TRACK)) == 0)
        return;
    paint(printer, PAINT_NOTE);
    fprintf(printer->out, "%s (", printer->glyphs->dots);
    if (flags & TRACE_CUT)
        fprintf(printer->out,
            "the stack goes on: of more than %d frames the outermost callers are not kept",
            TRACE_DEPTH_MAX);
    else
        fputs("callers unknown: no unwind information", printer->out);
    putc(')', printer->out);
    paint(printer, PAINT_NONE);
    putc('\n', printer->out);
}

/* Prints a node, and the object that is said behind it, or NULL. */
static void print_whole_node(
    const struct printer *printer, const struct tree_node *node, const struct tree_object *object)
{
    if (node->is_leaf)
        drawing_print_leaf(printer, node);
    else
        print_frame(printer, node);
    if (object)
        objects_print_behind(printer, object);
}

/* Returns what stands there, without colours, malloc'ed; NULL when out of memory. */
static char *drawing_text_of(
    const struct printer *printer, const struct tree_node *node, const struct tree_object *object)
{
    char *text = NULL;
    size_t size = 0;
    struct printer plain = *printer;
    plain.color = false;
    plain.out = open_memstream(&text, &size);
    if (plain.out == NULL)
        return NULL;
    print_whole_node(&plain, node, object);
    if (fclose(plain.out) == 0)
        return text;
    free(text);
    return NULL;
}

/* Prints what stands at a node behind `used` columns. If it is cut, it has one colour. Returns the
 * object that is said behind it; NULL: there is none, or no room for it. */
static const struct tree_object *print_fitting_node(
    const struct printer *printer, const struct tree_node *node, size_t used)
{
    size_t columns = printer->columns > used ? printer->columns - used : 1;
    const struct tree_object *object = node->is_leaf ? objects_behind(printer, node) : NULL;
    char *text = printer->columns ? drawing_text_of(printer, node, object) : NULL;
    if (text && object && character_columns(text) > columns) {
        object = NULL;
        free(text);
        text = drawing_text_of(printer, node, NULL);
    }
    if (text == NULL || character_columns(text) <= columns) {
        print_whole_node(printer, node, object);
    } else {
        paint(printer, node->is_leaf ? PAINT_LEAF : PAINT_NONE);
        print_fitting(printer, text, columns);
        paint(printer, PAINT_NONE);
    }
    free(text);
    return object;
}

static void print_object_below(
    const struct drawing *drawing, const struct tree_object *object, bool is_behind, size_t level)
{
    const struct printer *printer = drawing->printer;
    size_t used = columns_below(drawing, level), columns = 0;
    if (printer->columns)
        columns = printer->columns > used + LEAST_COLUMNS ? printer->columns - used : LEAST_COLUMNS;
    char *text = objects_text(printer, object, is_behind, columns), *rest = text;
    for (char *line; (line = strsep(&rest, "\n"));) {
        paint(printer, PAINT_DIM);
        print_lines_below(drawing, level);
        fputs(line, printer->out);
        paint(printer, PAINT_NONE);
        putc('\n', printer->out);
    }
    free(text);
}

static void print_objects_below(const struct drawing *drawing, const struct tree_node *leaf,
    const struct tree_object *behind, size_t level)
{
    size_t count;
    const struct tree_object *objects = objects_below(drawing->printer, leaf, behind, &count);
    for (size_t i = 0; i < count; i++)
        print_object_below(drawing, &objects[i], behind != NULL, level);
}

static void print_node(const struct drawing *drawing, const struct tree_node *node,
    const struct tree_node *top, size_t level, bool folded)
{
    if (node->parent == top)
        print_cut(drawing->printer, node->flags);
    const struct tree_object *behind = print_fitting_node(
        drawing->printer, node, print_lines(drawing, node, level, folded));
    putc('\n', drawing->printer->out);
    if (node->is_leaf)
        print_objects_below(drawing, node, behind, level);
}

/* A folded node is on its caller's level, any other one level deeper. */
static void print_tree(struct drawing *drawing, const struct tree_node *top)
{
    size_t level = 0;
    const struct tree_node *node = top->first_child;
    while (node) {
        progress_advance(1);
        bool folded = is_folded(drawing, node, top);
        if (!folded)
            drawing->has_sequel[level] = node->next_sibling != NULL;
        print_node(drawing, node, top, level, folded);
        if (node->first_child && !is_small_phase(drawing->printer, node)) {
            node = node->first_child;
            level += !is_folded(drawing, node, top);
            continue;
        }
        while (node != top && node->next_sibling == NULL) {
            level -= node->parent != top && !is_folded(drawing, node, top);
            node = node->parent;
        }
        node = node->next_sibling; /* a top has none */
    }
}

static size_t levels_that_fit(const struct printer *printer, size_t most)
{
    size_t half = printer->columns / 2;
    size_t room = half > NODE_COLUMNS ? printer->columns - NODE_COLUMNS : half;
    return printer->columns && room / 3 < most ? room / 3 : most;
}

void drawing_print(const struct printer *printer, const struct tree_node *top)
{
    size_t depth = measure_depth(top);
    struct drawing drawing = {.printer = printer,
        .page = levels_that_fit(printer, PAGE_LEVELS),
        .folds = depth > levels_that_fit(printer, SHALLOW_LEVELS)};
    drawing.has_sequel = calloc(depth + 1, sizeof *drawing.has_sequel);
    if (drawing.has_sequel)
        print_tree(&drawing, top);
    else
        fprintf(printer->out, "out of memory: a tree of %zu levels is not shown\n", depth);
    free(drawing.has_sequel);
}
