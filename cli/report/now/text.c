/*
 * text.c - what the threads of a run wait for, as text for people whose program hangs.
 *
 * Deadlocks come first, then what most threads have waited for longest, then idle threads in one
 * line for each kind, and threads that are in no call of a leaf.
 */
#include "report/now/now.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/character.h"
#include "base/message.h"
#include "base/wrap.h"
#include "names/fit.h"
#include "report/format.h"
#include "report/now/lines.h"
#include "report/now/path.h"
#include "report/now/tasks.h"
#include "report/objects/deadlocks.h"
#include "report/printer.h"
#include "report/tasks/tasks.h"
#include "tasks/groups.h"
#include "view/view.h"

#define INDENT        4
#define OBJECTS_SHOWN 3 /* of one path */

struct text {
    const struct printer *printer;
    const struct now *now;
    const char *directory; /* as in struct report */
    struct now_lines lines;
};

static size_t columns_left(const struct printer *printer, size_t used)
{
    if (printer->columns == 0)
        return SIZE_MAX;
    return printer->columns > used + 10 ? printer->columns - used : 10;
}

/* ---- times ---- */

/* "3.2 s", or "1.2 s to 3.2 s". */
static void write_ages(const struct printer *printer, FILE *out, const struct ages *ages)
{
    char longest[40], shortest[40];
    format_duration(printer, ages->longest_ns, longest, sizeof longest);
    format_duration(printer, ages->shortest_ns, shortest, sizeof shortest);
    if (ages->longest_ns == 0)
        return;
    putc(' ', out);
    if (strcmp(longest, shortest) != 0)
        fprintf(out, "%s to ", shortest);
    fputs(longest, out);
}

/* ---- who ---- */

static void write_quoted(FILE *out, const char *name)
{
    if (name[0] == '\0')
        return;
    fputs(" \"", out);
    message_write_harmless(out, name);
    putc('"', out);
}

/* Processes are named where there are several, or where the one is not the program itself. */
static bool names_processes(const struct now *now)
{
    return now->processes > 1 || now->has_ended;
}

static void now_write_process(
    const struct now *now, FILE *out, const char *kind, int pid, uint64_t processes)
{
    if (!names_processes(now))
        return;
    fputs(" of ", out);
    message_write_harmless(out, kind);
    if (processes == 1)
        fprintf(out, "[%d]", pid);
}

static void write_main(const struct text *text, FILE *out, const struct now_line *line)
{
    if (!names_processes(text->now)) {
        fprintf(out, "main thread %d waits", line->leaf->tid);
        return;
    }
    if (line->calls > 1)
        fprintf(out, "%" PRIu64 " %s ", line->calls, text->printer->glyphs->times);
    message_write_harmless(out, line->group->kind);
    if (line->calls == 1)
        fprintf(out, "[%d]", line->leaf->pid);
    fputs(line->calls > 1 ? " wait" : " waits", out);
}

/* "300 fibers of server wait". */
static void write_fibers(const struct text *text, FILE *out, const struct now_line *line)
{
    print_count(out, line->calls, "fiber", "fibers");
    now_write_process(text->now, out, line->group->kind, line->leaf->pid, line->leaf->processes);
    fputs(line->calls > 1 ? " wait" : " waits", out);
}

/* '4 threads "worker-#" of server wait'. */
static void write_who(const struct text *text, FILE *out, const struct now_line *line)
{
    const struct view_group *group = line->group;
    if (line->tasks) {
        now_tasks_write(out, line->tasks);
        return;
    }
    if (group->is_fibers) {
        write_fibers(text, out, line);
        return;
    }
    if (group->thread_key == NULL) {
        write_main(text, out, line);
        return;
    }
    if (line->calls == 1)
        fprintf(out, "thread %d", line->leaf->tid);
    else
        fprintf(out, "%" PRIu64 " threads", line->calls);
    write_quoted(out, group->thread_name);
    now_write_process(text->now, out, group->kind, line->leaf->pid, line->leaf->processes);
    fputs(line->calls > 1 ? " wait" : " waits", out);
}

/* ---- a wait ---- */

static void indent(FILE *out)
{
    fprintf(out, "%*s", INDENT, "");
}

/* Writes the text in lines that are indented. */
static void write_indented(const struct printer *printer, const char *text)
{
    char *wrapped = printer->columns ? wrap_text(text, columns_left(printer, INDENT)) : NULL;
    const char *rest = wrapped ? wrapped : text;
    while (*rest) {
        size_t length = strcspn(rest, "\n");
        indent(printer->out);
        fprintf(printer->out, "%.*s\n", (int)length, rest);
        rest += length + (rest[length] == '\n');
    }
    free(wrapped);
}

/* Returns the one object of all the calls, or NULL. */
static const struct view_object *only_object(const struct now_line *line)
{
    for (size_t i = 0; i < line->object_count; i++)
        if (now_lines_is_object(&line->objects[i]))
            return line->objects[i].open == line->calls ? &line->objects[i] : NULL;
    return NULL;
}

/* "2 x mutex a, held by thread 12", or of the only object who holds it, if that is known. */
static char *object_text(
    const struct printer *printer, const struct view_object *object, bool is_only)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    if (out == NULL)
        return NULL;
    if (!is_only && object->open > 1)
        fprintf(out, "%" PRIu64 " %s ", object->open, printer->glyphs->times);
    if (!is_only)
        message_write_harmless(out, object->text);
    if (!is_only && object->note)
        fputs(", ", out);
    if (object->note)
        message_write_harmless(out, object->note);
    return fclose(out) == 0 ? text : NULL;
}

static void now_print_object(
    const struct printer *printer, const struct view_object *object, bool is_only)
{
    char *text = is_only && object->note == NULL ? NULL : object_text(printer, object, is_only);
    if (text)
        write_indented(printer, text);
    free(text);
}

/* Several objects of one path have a line each. */
static void now_print_objects(const struct printer *printer, const struct now_line *line)
{
    size_t count = 0;
    for (size_t i = 0; i < line->object_count; i++) {
        if (!now_lines_is_object(&line->objects[i]))
            continue;
        if (count++ < OBJECTS_SHOWN)
            now_print_object(printer, &line->objects[i], false);
    }
    if (count <= OBJECTS_SHOWN)
        return;
    indent(printer->out);
    fprintf(printer->out, "%s and ", printer->glyphs->dots);
    print_count(printer->out, count - OBJECTS_SHOWN, "other", "others");
    putc('\n', printer->out);
}

static void print_heading(
    const struct text *text, const struct now_line *line, const struct view_object *only)
{
    FILE *out = text->printer->out;
    write_who(text, out, line);
    paint(text->printer, PAINT_TIME);
    write_ages(text->printer, out, &line->ages);
    paint(text->printer, PAINT_NONE);
    if (line->tasks)
        now_tasks_write_rest(out, line->tasks);
    if (only) {
        fputs(" for ", out);
        print_painted(text->printer, PAINT_LEAF, only->text);
    }
    fputs(line->is_idle ? " (idle)\n" : "\n", out);
}

static void print_path(const struct text *text, const struct view_node *leaf)
{
    const struct printer *printer = text->printer;
    if (text->now->places) {
        now_path_print_places(printer, leaf, INDENT, text->directory);
        return;
    }
    indent(printer->out);
    now_path_print(printer, leaf, columns_left(printer, INDENT));
    putc('\n', printer->out);
}

static void now_print_line(const struct text *text, const struct now_line *line)
{
    const struct printer *printer = text->printer;
    const struct view_object *only = only_object(line);
    putc('\n', printer->out);
    print_heading(text, line, only);
    if (line->tasks) {
        now_tasks_print_places(printer, line->tasks, INDENT);
        return;
    }
    print_path(text, line->leaf);
    if (only)
        now_print_object(printer, only, true);
    else
        now_print_objects(printer, line);
}

/* Returns how many lines were printed. */
static size_t print_waits(const struct text *text)
{
    size_t printed = 0;
    for (size_t i = 0; i < text->lines.count && printed < text->now->lines; i++) {
        if (text->lines.list[i].is_idle && !text->now->is_all)
            break;
        now_print_line(text, &text->lines.list[i]);
        printed++;
    }
    return printed;
}

static bool is_busy(const struct text *text, size_t index)
{
    return text->now->is_all || !text->lines.list[index].is_idle;
}

/* How many threads, fibers and tasks there are. */
struct counts {
    uint64_t threads, fibers, tasks;
};

static void count_line(struct counts *counts, const struct now_line *line)
{
    uint64_t *count = line->tasks              ? &counts->tasks
                      : line->group->is_fibers ? &counts->fibers
                                               : &counts->threads;
    *count += line->calls;
}

/* "2 threads, 30 fibers and 500 tasks" */
static void write_counts(FILE *out, const struct counts *counts)
{
    bool is_last = counts->fibers + counts->tasks == 0;
    if (counts->threads)
        print_count(out, counts->threads, "thread", "threads");
    if (counts->threads && !is_last)
        fputs(counts->fibers && counts->tasks ? ", " : " and ", out);
    if (counts->fibers)
        print_count(out, counts->fibers, "fiber", "fibers");
    if (counts->fibers && counts->tasks)
        fputs(" and ", out);
    if (counts->tasks)
        print_count(out, counts->tasks, "task", "tasks");
}

static void print_left_out(const struct text *text, size_t printed)
{
    FILE *out = text->printer->out;
    struct counts counts = {.threads = 0};
    size_t count = 0;
    for (size_t i = printed; i < text->lines.count && is_busy(text, i); i++, count++)
        count_line(&counts, &text->lines.list[i]);
    if (count == 0)
        return;
    fprintf(out, "\n%s and ", text->printer->glyphs->dots);
    print_count(out, count, "other wait", "other waits");
    fputs(" of ", out);
    write_counts(out, &counts);
    fputs(": see --all, --lines N\n", out);
}

/* ---- idle ---- */

/* Puts all idle lines of a group into one, which has the path of the first. */
static struct now_line sum_of_idle(const struct text *text, size_t first, size_t *places)
{
    struct now_line sum = text->lines.list[first];
    *places = 1;
    for (size_t i = first + 1; i < text->lines.count; i++) {
        const struct now_line *line = &text->lines.list[i];
        if (line->group != sum.group)
            continue;
        *places += line->leaf != sum.leaf || line->tasks;
        sum.calls += line->calls;
        ages_add(&sum.ages, line->ages);
    }
    return sum;
}

static bool is_first_of_group(const struct text *text, size_t begin, size_t index)
{
    for (size_t i = begin; i < index; i++)
        if (text->lines.list[i].group == text->lines.list[index].group)
            return false;
    return true;
}

static char *idle_text(const struct text *text, const struct now_line *line, size_t places)
{
    char *result = NULL;
    size_t size;
    FILE *out = open_memstream(&result, &size);
    if (out == NULL)
        return NULL;
    write_who(text, out, line);
    write_ages(text->printer, out, &line->ages);
    if (places > 1)
        fprintf(out, " at %zu places", places);
    return fclose(out) == 0 ? result : NULL;
}

static void print_idle_path(
    const struct printer *printer, const struct now_line *line, size_t columns)
{
    if (line->tasks)
        print_fitting(printer, now_tasks_last_line(line->tasks), columns);
    else
        now_path_print(printer, line->leaf, columns);
}

/* The end of the path says most, and stands where there is room for it. */
static void print_idle_line(const struct text *text, const struct now_line *line, size_t places)
{
    const struct printer *printer = text->printer;
    char *who = idle_text(text, line, places);
    size_t most = columns_left(printer, 2);
    char *fitting = who ? names_fit(who, most, printer->glyphs->dots) : NULL;
    size_t used = fitting ? character_columns(fitting) + 4 : 0;
    fprintf(printer->out, "  %s", fitting ? fitting : "");
    if (printer->columns == 0 || used + 16 < printer->columns) {
        fputs("  ", printer->out);
        print_idle_path(printer, line, columns_left(printer, used));
    }
    putc('\n', printer->out);
    free(fitting);
    free(who);
}

static void print_idle(const struct text *text)
{
    size_t begin = 0, places;
    while (begin < text->lines.count && is_busy(text, begin))
        begin++;
    if (begin == text->lines.count)
        return;
    fputs("\nidle, they wait for work:\n", text->printer->out);
    for (size_t i = begin; i < text->lines.count; i++) {
        if (!is_first_of_group(text, begin, i))
            continue;
        struct now_line line = sum_of_idle(text, i, &places);
        print_idle_line(text, &line, places);
    }
}

/* ---- in no call ---- */

static void write_state(FILE *out, const struct now_threads *threads)
{
    static const char *const words[] = {[NOW_RUNS] = "running",
        [NOW_SLEEPS] = "asleep in the kernel, in no wait that is traced",
        [NOW_BLOCKED] = "blocked in the kernel, in no wait that is traced",
        [NOW_STOPPED] = "stopped by a signal or a debugger"};
    if (threads->state == NOW_RUNS && threads->has_cpu) {
        fprintf(out, "running, %" PRIu64 " %% on CPU", threads->cpu_percent);
        return;
    }
    fputs(words[threads->state], out);
    if (threads->where[0]) {
        fputs(" (", out);
        message_write_harmless(out, threads->where);
        putc(')', out);
    }
}

/* "2 x server", "server[12]". */
static void write_mains(const struct text *text, FILE *out, const struct now_threads *threads)
{
    if (threads->count > 1)
        fprintf(out, "%zu %s ", threads->count, text->printer->glyphs->times);
    message_write_harmless(out, threads->kind);
    if (threads->count == 1)
        fprintf(out, "[%d]", threads->pid);
}

/* '4 threads "worker-#" of server[12]'. */
static void write_others(const struct text *text, FILE *out, const struct now_threads *threads)
{
    if (threads->count == 1)
        fprintf(out, "thread %d", threads->tid);
    else
        fprintf(out, "%zu threads", threads->count);
    write_quoted(out, threads->name);
    now_write_process(text->now, out, threads->kind, threads->pid, 1);
}

static void print_threads(const struct text *text)
{
    FILE *out = text->printer->out;
    for (size_t i = 0; i < text->now->thread_count; i++) {
        const struct now_threads *threads = &text->now->threads[i];
        fputs(i == 0 ? "\n" : "", out);
        if (threads->is_main)
            write_mains(text, out, threads);
        else
            write_others(text, out, threads);
        fputs(": ", out);
        write_state(out, threads);
        putc('\n', out);
    }
}

/* ---- the whole ---- */

static void print_counts(const struct text *text)
{
    const struct now *now = text->now;
    FILE *out = text->printer->out;
    struct counts counts = {.threads = 0};
    uint64_t idle = 0, others = 0;
    for (size_t i = 0; i < text->lines.count; i++) {
        const struct now_line *line = &text->lines.list[i];
        if (!line->is_idle)
            count_line(&counts, line);
        else if (!line->tasks)
            idle += line->calls;
    }
    for (size_t i = 0; i < now->thread_count; i++)
        others += now->threads[i].count;
    if (now->processes > 1 && !now->has_ended)
        fprintf(out, "%zu processes, ", now->processes);
    print_count(out, counts.threads, "thread waits", "threads wait");
    if (counts.fibers) {
        fputs(", ", out);
        print_count(out, counts.fibers, "fiber waits", "fibers wait");
    }
    if (idle)
        fprintf(out, ", %" PRIu64 " idle", idle);
    if (others)
        fprintf(out, ", %" PRIu64 " in no wait", others);
    putc('\n', out);
}

/* What comes before the time for which it has run. */
static void write_when(FILE *out, const struct now *now)
{
    if (now->has_ended) {
        fputs(" has ended; ", out);
        print_count(out, now->processes, "process of it goes on", "processes of it go on");
        fputs(now->wall_ns ? " for " : "", out);
        return;
    }
    fputs(now->is_running ? "" : ", when it ended", out);
    if (now->wall_ns)
        fputs(now->is_running ? ", running for " : " after ", out);
}

static void now_print_head(const struct text *text)
{
    const struct now *now = text->now;
    const struct printer *printer = text->printer;
    FILE *out = printer->out;
    print_painted(printer, PAINT_FUNCTION, now->name ? now->name : "the program");
    if (now->pid)
        fprintf(out, "[%d]", now->pid);
    write_when(out, now);
    if (now->wall_ns) {
        paint(printer, PAINT_TIME);
        print_duration(printer, now->wall_ns);
        paint(printer, PAINT_NONE);
    }
    fputs(": ", out);
    print_counts(text);
}

static void print_all(struct text *text, const struct printer *printer)
{
    text->printer = printer;
    now_print_head(text);
    if (text->now->tasks)
        tasks_print_states(printer, text->now->tasks);
    deadlocks_print(printer, text->now->deadlocks);
    size_t printed = print_waits(text);
    print_left_out(text, printed);
    if (!text->now->is_all && !text->now->is_brief)
        print_idle(text);
    print_threads(text);
    if (text->now->tasks)
        tasks_print_lost_turns(printer, text->now->tasks);
}

/* The lines of a terminal are wrapped when they are complete. */
static void now_print_wrapped(struct text *text, struct printer *printer)
{
    FILE *out = printer->out;
    char *written = NULL;
    size_t size = 0;
    printer->out = open_memstream(&written, &size);
    if (printer->out == NULL)
        return;
    print_all(text, printer);
    char *wrapped = fclose(printer->out) == 0 ? wrap_text(written, printer->columns) : NULL;
    fputs(wrapped ? wrapped : written, out);
    free(wrapped);
    free(written);
}

void now_text_print(const struct report *report, const struct now *now)
{
    struct text text = {.now = now, .directory = report->directory};
    struct printer printer = {.out = report->out,
        .glyphs = report->style.unicode ? &unicode_glyphs : &ascii_glyphs,
        .color = report->style.color,
        .columns = report->style.columns};
    if (now_lines_make(&text.lines, now->view, now->min_ns, now->is_all) != 0 ||
        now_lines_add_tasks(&text.lines, now->tasks, now->min_ns, now->is_all) != 0)
        fputs("(out of memory)\n", report->out);
    else if (printer.columns)
        now_print_wrapped(&text, &printer);
    else
        print_all(&text, &printer);
    now_lines_finish(&text.lines);
}
