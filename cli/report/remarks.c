/*
 * remarks.c - what a line of a view says at its right.
 */
#include "report/remarks.h"

#include <inttypes.h>
#include <stdint.h>

#include "report/printer.h"
#include "view/view.h"

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
    const struct printer *printer, FILE *out, size_t *count, const struct view_node *node)
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

static void remark_longest(
    const struct printer *printer, FILE *out, size_t *count, const struct view_node *node)
{
    char text[40];
    if (node->kind != VIEW_LEAF || node->hits < 2 || node->longest_ns == 0)
        return;
    format_duration(printer, node->longest_ns, text, sizeof text);
    begin_remark(out, count);
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

void remarks_write(const struct printer *printer, FILE *out, const struct view_group *group,
    const struct view_node *first, const struct view_node *last)
{
    size_t count = 0;
    if (last->first_child && last->shown_children == 0) {
        remark_count(out, &count, last->paths, "path", "paths");
        remark_idle(printer, out, &count, last);
    }
    remark_owners(group, out, &count, first, last);
    remark_longest(printer, out, &count, last);
    remark_open(printer, out, &count, last);
    remark_times(printer, out, &count, group, first);
}

void remarks_write_rest(const struct printer *printer, FILE *out, const struct view_node *rest)
{
    size_t count = 0;
    fprintf(out, "%s ", printer->glyphs->dots);
    print_count(out, rest->paths, "more path", "more paths");
    remark_idle(printer, out, &count, rest);
    remark_open(printer, out, &count, rest);
}
