/*
 * text_overview.c - the processes of a run as text.
 */
#include "report/text_overview.h"

#include <inttypes.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "base/message.h"
#include "base/sum.h"
#include "tree/overview.h"
#include "report/printer.h"

#define TIME_COLUMNS        10
#define LEAST_PART          200 /* of all that groups weigh */
#define NARROW              60  /* columns of a line that has not the time in leaves */
#define LEAST_WORDS         10  /* columns of what stands right of the times */
#define NO_TERMINAL_COLUMNS 120 /* command lines can be longer than what fits anywhere */

/* ---- the choice ---- */

static uint64_t weight_of(const struct overview_group *group)
{
    return add_clamped(group->cpu_ns, group->waiting_ns);
}

/* Returns how many lines the group needs with those above it that are not shown yet. */
static size_t lines_for(const struct overview *overview, const bool *shown, size_t group)
{
    size_t lines = 0;
    for (; group != OVERVIEW_NONE && !shown[group]; group = overview->groups[group].parent)
        lines++;
    return lines;
}

static size_t find_heaviest(const struct overview *overview, const bool *taken)
{
    size_t heaviest = OVERVIEW_NONE;
    for (size_t i = 0; i < overview->count; i++)
        if (!taken[i] && (heaviest == OVERVIEW_NONE || weight_of(&overview->groups[i]) >
                                                           weight_of(&overview->groups[heaviest])))
            heaviest = i;
    return heaviest;
}

/* Takes out the groups that hardly weigh anything and have not failed. One alone needs no more
 * lines than the line that counts it. */
static void take_light_ones(const struct overview *overview, bool *taken)
{
    uint64_t all = 0;
    size_t count = 0, last = 0;
    for (size_t i = 0; i < overview->count; i++)
        all = add_clamped(all, weight_of(&overview->groups[i]));
    for (size_t i = 0; i < overview->count; i++) {
        const struct overview_group *group = &overview->groups[i];
        taken[i] = weight_of(group) < all / LEAST_PART && !group->failed && !group->running;
        last = taken[i] ? i : last;
        count += taken[i];
    }
    if (count == 1)
        taken[last] = false;
}

/* Marks the groups to be shown in shown[]; `taken` has as many elements. */
static void choose_groups(const struct overview *overview, bool *shown, bool *taken, size_t lines)
{
    size_t used = 0, heaviest;
    take_light_ones(overview, taken);
    while (used < lines && (heaviest = find_heaviest(overview, taken)) != OVERVIEW_NONE) {
        size_t needed = lines_for(overview, shown, heaviest);
        taken[heaviest] = true;
        if (used + needed > lines)
            continue;
        used += needed;
        for (size_t i = heaviest; i != OVERVIEW_NONE; i = overview->groups[i].parent)
            shown[i] = true;
    }
}

/* ---- lines ---- */

static void write_end(FILE *out, const struct overview_group *group)
{
    if (group->running)
        fprintf(out, group->count == 1 ? "  still running" : "  %zu still running", group->running);
    if (group->failed == 0)
        return;
    if (group->count > 1)
        fprintf(out, "  %zu failed", group->failed);
    else if (WIFSIGNALED(group->status))
        fprintf(out, "  killed by SIG%s", sigabbrev_np(WTERMSIG(group->status)));
    else
        fprintf(out, "  exit status %d", WEXITSTATUS(group->status));
}

static void write_kind(const struct printer *printer, FILE *out, const struct overview_group *group)
{
    char number[40];
    format_number(group->count, number, sizeof number);
    fprintf(out, "%s %s ", number, printer->glyphs->times);
    message_write_harmless(out, group->kind);
}

/* A command line, and a title that says nothing of a role. */
static void write_command(FILE *out, const struct overview_group *group)
{
    message_write_harmless(out, group->command[0] ? group->command : group->kind);
    if (group->title[0] == '\0')
        return;
    fputs(" \"", out);
    message_write_harmless(out, group->title);
    putc('"', out);
}

/* One process is named by its command line or the title of its role, several by their kind. */
static void write_group(
    const struct printer *printer, FILE *out, const struct overview_group *group)
{
    if (group->count > 1)
        write_kind(printer, out, group);
    else if (group->has_role)
        message_write_harmless(out, group->title);
    else
        write_command(out, group);
}

static void write_longest(
    const struct printer *printer, FILE *out, const struct overview_group *group)
{
    char text[40];
    if (group->count == 1 || group->longest_ns == 0 || !group->has_own_command)
        return;
    format_duration(printer, group->longest_ns, text, sizeof text);
    fprintf(out, "  longest %s: ", text);
    message_write_harmless(out, group->command);
}

/* Returns what stands right of the times, malloc'ed; NULL when out of memory. */
static char *words_of(const struct printer *printer, const struct overview_group *group)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (out == NULL)
        return NULL;
    write_group(printer, out, group);
    write_end(out, group);
    write_longest(printer, out, group);
    return fclose(out) == 0 ? text : NULL;
}

static size_t depth_of(const struct overview *overview, size_t group)
{
    size_t depth = 0;
    while ((group = overview->groups[group].parent) != OVERVIEW_NONE)
        depth++;
    return depth;
}

/* Prints the times, and two spaces. Returns how many columns that takes. */
static size_t print_times(const struct printer *printer, uint64_t wall_ns, uint64_t cpu_ns,
    uint64_t waiting_ns, size_t columns)
{
    bool is_narrow = columns < NARROW;
    print_duration_column(printer, wall_ns, TIME_COLUMNS - 1);
    print_duration_column(printer, cpu_ns, TIME_COLUMNS);
    if (!is_narrow)
        print_duration_column(printer, waiting_ns, TIME_COLUMNS);
    fputs("  ", printer->out);
    return (is_narrow ? 2 : 3) * TIME_COLUMNS + 1;
}

static void print_group_line(
    const struct printer *printer, const struct overview *overview, size_t index, size_t columns)
{
    const struct overview_group *group = &overview->groups[index];
    char *text = words_of(printer, group);
    paint(printer, PAINT_TIME);
    size_t used = print_times(printer, group->wall_ns, group->cpu_ns, group->waiting_ns, columns);
    paint(printer, PAINT_NONE);
    size_t indent = 2 * depth_of(overview, index), most = columns - used - LEAST_WORDS;
    indent = indent < most ? indent : most;
    fprintf(printer->out, "%*s", (int)indent, "");
    print_fitting(printer, text ? text : group->kind, columns - used - indent);
    putc('\n', printer->out);
    free(text);
}

/* Prints the groups, each below the one that started it, in the order of their first process. */
static void print_groups(const struct printer *printer, const struct overview *overview,
    const bool *shown, size_t columns)
{
    size_t at = OVERVIEW_NONE;
    size_t *last = calloc(
        overview->count + 1, sizeof *last); /* of each group: its last child + 1 */
    while (last) {
        size_t from = at == OVERVIEW_NONE ? last[overview->count] : last[at], next = from;
        while (next < overview->count && !(shown[next] && overview->groups[next].parent == at))
            next++;
        if (next < overview->count) {
            last[at == OVERVIEW_NONE ? overview->count : at] = next + 1;
            print_group_line(printer, overview, next, columns);
            at = next;
        } else if (at == OVERVIEW_NONE) {
            break;
        } else {
            at = overview->groups[at].parent;
        }
    }
    free(last);
}

static void print_rest(const struct printer *printer, const struct overview *overview,
    const bool *shown, size_t columns)
{
    uint64_t cpu_ns = 0, waiting_ns = 0;
    size_t count = 0;
    for (size_t i = 0; i < overview->count; i++) {
        const struct overview_group *group = &overview->groups[i];
        if (shown[i])
            continue;
        count += group->count;
        cpu_ns += group->cpu_ns;
        waiting_ns += group->waiting_ns;
    }
    if (count == 0)
        return;
    paint(printer, PAINT_DIM);
    print_times(printer, 0, cpu_ns, waiting_ns, columns);
    fprintf(printer->out, "%s and %zu more%s\n", printer->glyphs->dots, count,
        columns < NARROW ? ""
        : count == 1     ? " process"
                         : " processes");
    paint(printer, PAINT_NONE);
}

void text_overview_print(const struct printer *printer, const struct overview *overview,
    bool has_idle, size_t lines, size_t columns)
{
    bool *shown = calloc(2 * overview->count + 1, sizeof *shown);
    if (columns == 0)
        columns = NO_TERMINAL_COLUMNS;
    if (overview->count > 1 && shown) {
        choose_groups(overview, shown, shown + overview->count, lines);
        paint(printer, PAINT_DIM);
        fputs("\n      ran    on CPU", printer->out);
        if (columns >= NARROW)
            fprintf(printer->out, " %9s", has_idle ? "with idle" : printer->leaves_word);
        fputs("  process\n", printer->out);
        paint(printer, PAINT_NONE);
        print_groups(printer, overview, shown, columns);
        print_rest(printer, overview, shown, columns);
    }
    free(shown);
}
