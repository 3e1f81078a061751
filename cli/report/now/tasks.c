/*
 * tasks.c - what tasks of asynchronous runtimes wait for at one moment.
 */
#include "report/now/tasks.h"

#include <stdlib.h>
#include <string.h>

#include "report/printer.h"
#include "report/tasks/tasks.h"
#include "tasks/groups.h"

/* What one task does, and what several do. */
static const struct {
    const char *one, *many;
    bool has_for; /* before the time */
} now_tasks_words[TASK_STATES] = {
    [TASK_RUNNING] = {"runs", "run", true},
    [TASK_READY] = {"is ready to run", "are ready to run", true},
    [TASK_WAITING] = {"waits", "wait", false},
    [TASK_NO_WAKER] = {"waits", "wait", false},
    [TASK_FINISHED] = {"is finished", "are finished", true},
    [TASK_UNKNOWN] = {"waits, is finished or lost", "wait, are finished or lost", true},
    [TASK_RUNS_OTHERS] = {"runs others", "run others", true},
    [TASK_ENDED_OR_LOST] = {"is finished or lost", "are finished or lost", true},
};

void now_tasks_write(FILE *out, const struct task_group *tasks)
{
    bool is_one = tasks->count == 1;
    char number[40];
    format_number(tasks->count, number, sizeof number);
    fprintf(out, "%s %s %s", number, is_one ? "task" : "tasks",
        is_one ? now_tasks_words[tasks->state].one : now_tasks_words[tasks->state].many);
    if (now_tasks_words[tasks->state].has_for && tasks->longest_ns)
        fputs(" for", out);
}

void now_tasks_write_rest(FILE *out, const struct task_group *tasks)
{
    bool is_one = tasks->count == 1;
    if (tasks->state == TASK_NO_WAKER)
        fprintf(out, ", and nobody can wake %s", is_one ? "it" : "them");
    if (tasks->state == TASK_RUNNING && tasks->tid)
        fprintf(out, "%s in thread %d", is_one ? "" : ", the longest one", tasks->tid);
}

const char *now_tasks_last_line(const struct task_group *tasks)
{
    const char *text = tasks->places[0]->text, *line = strrchr(text, '\n');
    return line ? line + 1 : text;
}

static void print_task_line(
    const struct printer *printer, const char *before, const char *line, size_t indent)
{
    size_t used = indent + strlen(before);
    fprintf(printer->out, "%*s%s", (int)indent, "", before);
    if (printer->columns)
        print_fitting(printer, line, printer->columns > used + 10 ? printer->columns - used : 10);
    else
        print_painted(printer, PAINT_FUNCTION, line);
    putc('\n', printer->out);
}

/* What stands before a place that has several lines has one of its own. */
static void print_task_lines(
    const struct printer *printer, const char *before, const char *text, size_t indent)
{
    char *lines = strdup(text), *rest = lines;
    if (*before)
        fprintf(printer->out, "%*s%.*s:\n", (int)indent, "", (int)strlen(before) - 1, before);
    for (char *line; (line = strsep(&rest, "\n")) != NULL;)
        print_task_line(printer, "", line, indent);
    free(lines);
}

void now_tasks_print_places(
    const struct printer *printer, const struct task_group *tasks, size_t indent)
{
    for (size_t i = 0; i < tasks->place_count; i++) {
        const char *before = tasks_before_place(tasks, i), *text = tasks->places[i]->text;
        if (strchr(text, '\n'))
            print_task_lines(printer, before, text, indent);
        else
            print_task_line(printer, before, text, indent);
    }
}
