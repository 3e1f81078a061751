/*
 * lines.c - what calls have waited for, beside and below the line of their leaf.
 */
#include "report/objects/lines.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/message.h"
#include "base/wrap.h"
#include "names/fit.h"
#include "report/printer.h"
#include "tree/objects.h"
#include "tree/tree.h"
#include "view/objects.h"
#include "view/view.h"

/* A note has a line of its own if its object has more than one in so many of the view's time. */
#define LEAST_NOTE 20
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

static void write_note(FILE *out, const char *note)
{
    if (note == NULL)
        return;
    fputs(", ", out);
    message_write_harmless(out, note);
}

void objects_print_behind(const struct printer *printer, const struct tree_object *object)
{
    paint(printer, PAINT_DIM);
    fputs("  ", printer->out);
    message_write_harmless(printer->out, object->text);
    write_note(printer->out, has_own_note(object) ? NULL : object->note);
    paint(printer, PAINT_NONE);
}

const struct tree_object *objects_below(const struct printer *printer, const struct tree_node *leaf,
    const struct tree_object *behind, size_t *count)
{
    const struct tree_object *objects = lines_find_objects(printer, leaf, count);
    if (behind ? !has_own_note(behind) : *count == 1 && objects->is_rest)
        *count = 0;
    return objects;
}

static void write_object(const struct printer *printer, FILE *out, const struct tree_object *object)
{
    char total[40];
    message_write_harmless(out, object->text);
    fprintf(out, " %s%" PRIu64, printer->glyphs->times, object->hits);
    if (object->total_ns) {
        format_duration(printer, object->total_ns, total, sizeof total);
        fprintf(out, "  %s", total);
    }
    if (object->hits > object->returns)
        fputs(object->total_ns ? ", unfinished" : "  unfinished", out);
    write_note(out, object->note);
}

/* The text of an object's lines while it is written. */
struct object_lines {
    FILE *out;
    char *text;
    size_t size;
};

/* Begins with the sign of an object. Returns false when out of memory. */
static bool begin_lines(struct object_lines *lines, const struct printer *printer)
{
    *lines = (struct object_lines){.text = NULL};
    lines->out = open_memstream(&lines->text, &lines->size);
    if (lines->out == NULL)
        return false;
    fprintf(lines->out, "%s ", printer->glyphs->dot);
    return true;
}

/* Returns the text in lines of at most `columns`, or as it is; malloc'ed; NULL when out of memory.
 */
static char *end_lines(struct object_lines *lines, size_t columns)
{
    if (fclose(lines->out) != 0) {
        free(lines->text);
        return NULL;
    }
    char *wrapped = columns ? wrap_text(lines->text, columns) : NULL;
    if (wrapped == NULL)
        return lines->text;
    free(lines->text);
    return wrapped;
}

char *objects_text(
    const struct printer *printer, const struct tree_object *object, bool is_behind, size_t columns)
{
    struct object_lines lines;
    if (!begin_lines(&lines, printer))
        return NULL;
    if (is_behind)
        message_write_harmless(lines.out, object->note);
    else
        write_object(printer, lines.out, object);
    return end_lines(&lines, columns);
}

/* ---- views ---- */

void objects_write_behind(const struct printer *printer, FILE *out,
    const struct view_object *object, size_t columns, bool has_note)
{
    char *fitting = columns ? names_fit(object->text, columns, printer->glyphs->dots) : NULL;
    message_write_harmless(out, fitting ? fitting : object->text);
    free(fitting);
    write_note(out, has_note && !object->open ? object->note : NULL);
}

/* What was not said behind the leaf is worth a line if that has waited long. */
bool objects_has_line(
    const struct view *view, const struct view_object *object, enum objects_said said)
{
    if (object->is_shown)
        return true;
    if (object->is_only && object->open && said >= OBJECTS_SAID_OPEN)
        return true;
    if (!object->is_only || object->note == NULL)
        return false;
    return object->open ||
           (said != OBJECTS_SAID_ALL && object->time_ns > view->time_ns / LEAST_NOTE);
}

static void write_view_object(
    const struct printer *printer, FILE *out, const struct view_object *object, bool says_open)
{
    char longest[40];
    message_write_harmless(out, object->text);
    if (object->hits > 1 && object->longest_ns && !object->is_only) {
        format_duration(printer, object->longest_ns, longest, sizeof longest);
        fprintf(out, "  longest %s", longest);
    }
    if (says_open && object->open)
        fputs(", unfinished", out);
    write_note(out, object->note);
}

char *objects_view_text(const struct printer *printer, const struct view_object *object,
    enum objects_said said, size_t columns)
{
    struct object_lines lines;
    if (!begin_lines(&lines, printer))
        return NULL;
    if (object->is_only && said < OBJECTS_SAID_OPEN)
        message_write_harmless(lines.out, object->note);
    else
        write_view_object(
            printer, lines.out, object, object->is_only && said == OBJECTS_SAID_NOTHING);
    return end_lines(&lines, columns);
}

static void write_duration(
    const struct printer *printer, FILE *out, const char *before, uint64_t ns)
{
    char text[40];
    if (ns == 0)
        return;
    format_duration(printer, ns, text, sizeof text);
    fprintf(out, "%s%s", before, text);
}

char *objects_whole_text(const struct printer *printer, const struct view_object *object,
    const char *note, size_t columns)
{
    struct object_lines lines;
    if (!begin_lines(&lines, printer))
        return NULL;
    message_write_harmless(lines.out, object->text);
    fprintf(lines.out, " %s%" PRIu64, printer->glyphs->times, object->hits);
    write_duration(printer, lines.out, "  ", object->time_ns);
    write_duration(printer, lines.out, ", longest ", object->hits > 1 ? object->longest_ns : 0);
    if (object->open)
        fprintf(lines.out, ", %" PRIu64 " unfinished", object->open);
    write_note(lines.out, note);
    return end_lines(&lines, columns);
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
