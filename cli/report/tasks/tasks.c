/*
 * tasks.c - what the tasks of asynchronous runtimes were doing at the end of a run.
 */
#include "report/tasks/tasks.h"

#include <inttypes.h>
#include <stdio.h>

#include "report/printer.h"
#include "tasks/groups.h"

#define GROUP_LINES  20
#define PLACE_COLUMN 34 /* columns before the place, the two between it and the turns with them */

static const char *const state_words[TASK_STATES] = {
    [TASK_RUNNING] = "running",
    [TASK_READY] = "ready to run",
    [TASK_WAITING] = "waiting",
    [TASK_NO_WAKER] = "that nobody can wake",
    [TASK_FINISHED] = "finished",
    [TASK_UNKNOWN] = "in an unknown state",
    [TASK_RUNS_OTHERS] = "running others",
    [TASK_ENDED_OR_LOST] = "finished or lost",
};

static void print_number_of(FILE *out, uint64_t number)
{
    char text[40];
    format_number(number, text, sizeof text);
    fputs(text, out);
}

void tasks_print_states(const struct printer *printer, const struct task_groups *groups)
{
    static const enum task_state order[] = {TASK_WAITING, TASK_NO_WAKER, TASK_READY, TASK_RUNNING,
        TASK_RUNS_OTHERS, TASK_UNKNOWN, TASK_ENDED_OR_LOST, TASK_FINISHED};
    bool is_first = true;
    if (groups->tasks == 0)
        return;
    fputs("tasks: ", printer->out);
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        if (groups->states[order[i]] == 0)
            continue;
        fputs(is_first ? "" : ", ", printer->out);
        print_number_of(printer->out, groups->states[order[i]]);
        fprintf(printer->out, " %s", state_words[order[i]]);
        is_first = false;
    }
    putc('\n', printer->out);
}

/* What stands in the place of a place. */
static const char *without_place(const struct task_group *group)
{
    switch (group->state) {
    case TASK_NO_WAKER: return "nobody can wake them";
    case TASK_ENDED_OR_LOST: return "finished, or nobody can wake them";
    default: return "at an unknown place";
    }
}

const char *tasks_before_place(const struct task_group *group, size_t index)
{
    return index >= group->fresh ? "perhaps " : index ? "and " : "";
}

void tasks_print_lost_turns(const struct printer *printer, const struct task_groups *groups)
{
    if (groups->lost_turns == 0)
        return;
    print_number_of(printer->out, groups->lost_turns);
    fputs(" turns were of tasks for which there was no room\n", printer->out);
}

static void print_place(const struct printer *printer, const char *before, const char *text)
{
    size_t columns = printer->columns > PLACE_COLUMN + 20 ? printer->columns - PLACE_COLUMN : 0;
    fputs(before, printer->out);
    if (columns)
        print_fitting(printer, text, columns);
    else
        print_painted(printer, PAINT_FUNCTION, text);
    putc('\n', printer->out);
}

/* A task that was woken or runs has no place. */
static bool has_task_line(const struct task_group *group)
{
    return group->state == TASK_WAITING || group->state == TASK_NO_WAKER ||
           group->state == TASK_UNKNOWN || group->state == TASK_ENDED_OR_LOST;
}

static bool has_lines(const struct task_groups *groups)
{
    for (size_t i = 0; i < groups->count; i++)
        if (has_task_line(&groups->list[i]))
            return true;
    return false;
}

static void tasks_print_group(const struct printer *printer, const struct task_group *group)
{
    char number[40];
    format_number(group->count, number, sizeof number);
    fprintf(printer->out, "%10s", number);
    print_duration_column(printer, group->longest_ns, 10);
    format_number(group->turns_most, number, sizeof number);
    fprintf(printer->out, "%12s  ", number);
    if (group->place_count == 0)
        print_place(printer, "", without_place(group));
    for (size_t i = 0; i < group->place_count; i++) {
        if (i)
            fprintf(printer->out, "%*s", PLACE_COLUMN, "");
        print_place(printer, tasks_before_place(group, i), group->places[i]->text);
    }
}

static void tasks_print_groups(const struct printer *printer, const struct task_groups *groups)
{
    size_t lines = 0, more = 0;
    paint(printer, PAINT_DIM);
    fputs("     tasks   longest  most turns  waiting at", printer->out);
    paint(printer, PAINT_NONE);
    putc('\n', printer->out);
    for (size_t i = 0; i < groups->count; i++) {
        if (!has_task_line(&groups->list[i]))
            continue;
        if (lines++ < GROUP_LINES || printer->is_full)
            tasks_print_group(printer, &groups->list[i]);
        else
            more += groups->list[i].count;
    }
    if (more == 0)
        return;
    fprintf(printer->out, "  %s and ", printer->glyphs->dots);
    print_number_of(printer->out, more);
    fprintf(printer->out, " at %zu other places: see --full\n", lines - GROUP_LINES);
}

void tasks_print(const struct printer *printer, const struct task_groups *groups)
{
    if (groups == NULL || groups->tasks + groups->lost_turns == 0)
        return;
    putc('\n', printer->out);
    tasks_print_states(printer, groups);
    if (has_lines(groups))
        tasks_print_groups(printer, groups);
    tasks_print_lost_turns(printer, groups);
}
