/*
 * remarks.c - what a line of a view says besides its names.
 */
#include "report/remarks.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/message.h"
#include "report/durations/quantiles.h"
#include "report/objects/lines.h"
#include "report/printer.h"
#include "view/objects.h"
#include "view/view.h"

#define OBJECT_PART 3 /* an object behind its leaf takes one of so many columns */

/* ---- at the left ---- */

static void write_processes_of(
    const struct printer *printer, FILE *out, const struct view_group *group)
{
    if (group->processes > 1)
        fprintf(out, "%" PRIu32 " %s ", group->processes, printer->glyphs->times);
    message_write_harmless(out, group->kind);
    if (group->processes == 1)
        fprintf(out, "[%d]", group->pid);
}

static void write_threads_of(FILE *out, const struct view *view, const struct view_group *group)
{
    if (group->threads == 1)
        fprintf(out, "thread %d", group->tid);
    else
        fprintf(out, "%" PRIu32 " threads", group->threads);
    if (group->thread_name[0]) {
        fputs(" \"", out);
        message_write_harmless(out, group->thread_name);
        putc('"', out);
    }
    if (view->processes == 1)
        return;
    fputs(" of ", out);
    message_write_harmless(out, group->kind);
}

void remarks_write_heading(const struct printer *printer, FILE *out, const struct view *view,
    const struct view_group *group)
{
    if (group->thread_key)
        write_threads_of(out, view, group);
    else
        write_processes_of(printer, out, group);
}

/* ---- at the right ---- */

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

static void remark_unfinished(FILE *out, size_t *count, const struct view_node *node)
{
    if (node->open == 0)
        return;
    begin_remark(out, count);
    if (node->hits == 1)
        fputs("unfinished", out);
    else
        fprintf(out, "%" PRIu64 " unfinished", node->open);
}

static void remark_open(
    const struct printer *printer, FILE *out, size_t *count, const struct view_node *node)
{
    char text[40];
    remark_unfinished(out, count, node);
    if (node->open == 0 || node->open_ns == 0)
        return;
    format_duration(printer, node->open_ns, text, sizeof text);
    fprintf(out, node->open == 1 ? " for %s" : ", one for %s", text);
}

/* A node says by how many processes or threads it was reached where these are others than those of
 * the line above. */
static void remark_owners(const struct view_group *group, FILE *out, size_t *count,
    const struct view_node *first, const struct view_node *last)
{
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

static void remark_longest(const struct printer *printer, FILE *out, size_t *count,
    const struct view_node *node, bool quantiles)
{
    char text[40];
    if (node->kind != VIEW_LEAF || node->hits < 2 || node->longest_ns == 0)
        return;
    quantiles_format_longest(printer, node->durations, node->longest_ns, text, sizeof text);
    begin_remark(out, count);
    if (quantiles && quantiles_are_news(node->durations))
        quantiles_write(out, printer, node->durations);
    fprintf(out, "longest %s", text);
}

/* Of a node with both, the sums at the left have the time in work. */
static void remark_idle(
    const struct printer *printer, FILE *out, size_t *count, const struct view_node *node)
{
    char text[40];
    if (node->time_ns == 0 || node->idle_ns == 0)
        return;
    format_duration(printer, node->idle_ns, text, sizeof text);
    begin_remark(out, count);
    fprintf(out, "%s idle", text);
}

/* Of several threads, the time in which they ran says little. */
static void remark_times(const struct printer *printer, FILE *out, size_t *count,
    const struct view_group *group, const struct view_node *first)
{
    char text[40];
    if (first->kind != VIEW_TOP || group->thread_key == NULL || group->timed == 0)
        return;
    begin_remark(out, count);
    if (group->threads == 1) {
        format_duration(printer, group->ran_ns, text, sizeof text);
        fprintf(out, "ran %s: ", text);
    }
    format_duration(printer, group->cpu_ns, text, sizeof text);
    fprintf(out, "%s%s on CPU", text, group->timed < group->threads ? " or more" : "");
}

static void remark_object(
    const struct printer *printer, FILE *out, size_t *count, const struct remarks_of *of)
{
    const struct view_object *object = view_objects_only(of->view, of->last);
    if (object == NULL)
        return;
    begin_remark(out, count);
    objects_write_behind(
        printer, out, object, of->columns / OBJECT_PART, of->detail < REMARKS_NO_NOTE);
}

void remarks_write(const struct printer *printer, FILE *out, const struct remarks_of *of)
{
    const struct view_node *last = of->last;
    size_t count = 0;
    if (of->detail < REMARKS_OPEN)
        remark_object(printer, out, &count, of);
    if (of->detail < REMARKS_NONE && of->detail >= REMARKS_OBJECT && last->shown_children == 0)
        remark_unfinished(out, &count, last);
    if (of->detail >= REMARKS_OBJECT)
        return;
    if (last->first_child && last->shown_children == 0) {
        remark_count(out, &count, last->paths, "path", "paths");
        remark_idle(printer, out, &count, last);
    }
    remark_owners(of->group, out, &count, of->first, last);
    remark_longest(printer, out, &count, last, of->detail == REMARKS_ALL);
    remark_open(printer, out, &count, last);
    remark_times(printer, out, &count, of->group, of->first);
}

char *remarks_of_rest(const struct printer *printer, const struct view_node *rest)
{
    size_t count = 0, size;
    char *text = NULL;
    FILE *out = open_memstream(&text, &size);
    if (out == NULL)
        return NULL;
    fprintf(out, "%s ", printer->glyphs->dots);
    print_count(out, rest->paths, "more path", "more paths");
    remark_idle(printer, out, &count, rest);
    remark_open(printer, out, &count, rest);
    if (fclose(out) == 0)
        return text;
    free(text);
    return NULL;
}
