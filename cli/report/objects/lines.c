/*
 * lines.c - what calls have waited for, beside and below the line of their leaf.
 */
#include "report/objects/lines.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/message.h"
#include "names/fit.h"
#include "report/printer.h"
#include "tree/objects.h"
#include "tree/tree.h"
#include "view/objects.h"
#include "view/view.h"

#define LEAST_REST 20 /* the rest is said if it has more than one in so many of the leaf's time */

/* ---- trees ---- */

static const struct tree_object *lines_find_objects(
    const struct printer *printer, const struct tree_node *leaf, size_t *count)
{
    *count = 0;
    return printer->thread ? tree_objects_of(printer->thread, leaf, count) : NULL;
}

const struct tree_object *objects_behind(
    const struct printer *printer, const struct tree_node *leaf)
{
    size_t count;
    const struct tree_object *objects = lines_find_objects(printer, leaf, &count);
    return count == 1 && objects->hits == leaf->leaf->hits && !objects->is_rest ? objects : NULL;
}

/* The note of an open call has a line of its own, since it has a path. */
static bool has_own_note(const struct tree_object *object)
{
    return object->note && object->hits > object->returns;
}

static void print_note(const struct printer *printer, const char *note)
{
    if (note == NULL)
        return;
    fputs(", ", printer->out);
    message_write_harmless(printer->out, note);
}

void objects_print_behind(const struct printer *printer, const struct tree_object *object)
{
    paint(printer, PAINT_DIM);
    fputs("  ", printer->out);
    message_write_harmless(printer->out, object->text);
    print_note(printer, has_own_note(object) ? NULL : object->note);
    paint(printer, PAINT_NONE);
}

const struct tree_object *objects_below(
    const struct printer *printer, const struct tree_node *leaf, size_t *count)
{
    const struct tree_object *objects = lines_find_objects(printer, leaf, count);
    bool is_said = *count == 1 && objects_behind(printer, leaf) && !has_own_note(objects);
    if (is_said || (*count == 1 && objects->is_rest))
        *count = 0;
    return objects;
}

void objects_print_line(
    const struct printer *printer, const struct tree_node *leaf, const struct tree_object *object)
{
    FILE *out = printer->out;
    uint64_t open = object->hits - object->returns;
    paint(printer, PAINT_DIM);
    fprintf(out, "%s ", printer->glyphs->dot);
    if (objects_behind(printer, leaf)) {
        message_write_harmless(out, object->note);
        paint(printer, PAINT_NONE);
        return;
    }
    message_write_harmless(out, object->text);
    fprintf(out, " %s%" PRIu64, printer->glyphs->times, object->hits);
    if (object->total_ns) {
        fputs("  ", out);
        print_duration(printer, object->total_ns);
    }
    if (open > 0)
        fputs(object->total_ns ? ", unfinished" : "  unfinished", out);
    print_note(printer, object->note);
    paint(printer, PAINT_NONE);
}

/* ---- views ---- */

static void write_fitting(
    const struct printer *printer, FILE *out, const char *text, size_t columns)
{
    char *fitting = columns ? names_fit(text, columns, printer->glyphs->dots) : NULL;
    message_write_harmless(out, fitting ? fitting : text);
    free(fitting);
}

void objects_write_behind(
    const struct printer *printer, FILE *out, const struct view_object *object, size_t columns)
{
    write_fitting(printer, out, object->text, columns);
    if (object->note == NULL || object->open)
        return;
    fputs(", ", out);
    write_fitting(printer, out, object->note, columns);
}

static void write_own_line(
    const struct printer *printer, FILE *out, const struct view_object *object)
{
    char longest[40];
    if (object->is_only) {
        fputs(object->note, out);
        return;
    }
    fputs(object->text, out);
    if (object->hits > 1 && object->longest_ns) {
        format_duration(printer, object->longest_ns, longest, sizeof longest);
        fprintf(out, "  longest %s", longest);
    }
    if (object->note)
        fprintf(out, ", %s", object->note);
}

/* Returns what stands in the line, malloc'ed; NULL when out of memory. */
static char *own_line_of(const struct printer *printer, const struct view_object *object)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    if (out == NULL)
        return NULL;
    write_own_line(printer, out, object);
    if (fclose(out) == 0)
        return text;
    free(text);
    return NULL;
}

void objects_print_own_line(
    const struct printer *printer, const struct view_object *object, size_t columns)
{
    char *text = own_line_of(printer, object);
    paint(printer, PAINT_DIM);
    fprintf(printer->out, "%s ", printer->glyphs->dot);
    write_fitting(printer, printer->out, text ? text : object->text, columns);
    paint(printer, PAINT_NONE);
    free(text);
}

struct view_object objects_rest(const struct view *view, const struct view_node *leaf)
{
    size_t count = 0;
    const struct view_object *objects = view_objects_of(view, leaf, &count);
    struct view_object rest = {
        .node = leaf, .text = "others", .hits = leaf->own_hits, .time_ns = leaf->own_ns};
    bool has_lines = false;
    for (size_t i = 0; i < count; i++) {
        if (!objects[i].is_shown && !objects[i].is_only)
            continue;
        has_lines |= objects[i].is_shown;
        rest.hits -= objects[i].hits < rest.hits ? objects[i].hits : rest.hits;
        rest.time_ns -= objects[i].time_ns < rest.time_ns ? objects[i].time_ns : rest.time_ns;
    }
    if (!has_lines || rest.time_ns <= leaf->own_ns / LEAST_REST)
        rest.time_ns = 0;
    return rest;
}
