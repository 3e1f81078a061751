/*
 * tasks.c - what tasks of asynchronous runtimes wait for at one moment.
 */
#include "report/now/tasks.h"

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

/* The end of a path says most, but where it begins is of use, too. */
void now_tasks_print_places(
    const struct printer *printer, const struct task_group *tasks, size_t indent)
{
    for (size_t i = 0; i < tasks->place_count; i++) {
        const char *before = tasks_before_place(tasks, i), *text = tasks->places[i]->text;
        size_t used = indent + strlen(before);
        fprintf(printer->out, "%*s%s", (int)indent, "", before);
        if (printer->columns)
            print_fitting(
                printer, text, printer->columns > used + 10 ? printer->columns - used : 10);
        else
            print_painted(printer, PAINT_FUNCTION, text);
        putc('\n', printer->out);
    }
}
