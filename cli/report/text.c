/*
 * text.c - a downtrace as text, for people.
 */
#include "report/text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/message.h"
#include "report/drawing.h"
#include "report/notes.h"
#include "report/printer.h"
#include "report/text_calls.h"
#include "trace/words.h"
#include "tree/calls.h"
#include "tree/tree.h"

#define TITLE_LENGTH 60

static void print_thread_name(const struct printer *printer, const struct tree_thread *thread)
{
    FILE *out = printer->out;
    print_thread_id(out, thread->tid, thread->name, thread->successors);
    fputs(": ", out);
    print_count(out, thread->hits, "hit", "hits");
    print_total(printer, thread->total_ns);
    putc('\n', out);
}

static void print_thread(struct printer *printer, const struct tree_thread *thread)
{
    if (!thread->is_main)
        print_thread_name(printer, thread);
    drawing_print(printer, thread->top);
}

/* ---- head and foot ---- */

/* The name by which the program was called, which says more than that of its file where one file
 * is several programs (redis-server, vi). A title that the process has given itself, as in
 * "nginx: worker process", is one word with a colon and what follows. Returns its length. */
static size_t find_name(const char *command, const char *program, const char **name)
{
    size_t length = strcspn(command, " ");
    if (length > 0 && command[length - 1] == ':') {
        *name = command;
        length = strnlen(command, TITLE_LENGTH);
        while (command[length - 1] == ' ')
            length--;
        return length;
    }
    if (length == 0) {
        command = program;
        length = strlen(command);
    }
    const char *end = command + length;
    *name = command;
    for (const char *c = command; c + 1 < end; c++)
        if (*c == '/')
            *name = c + 1;
    return (size_t)(end - *name);
}

static char *copy_name(const char *command, const char *program)
{
    const char *start;
    size_t length = find_name(command, program, &start);
    return strndup(start, length);
}

char *report_text_name(const struct tree_process *process)
{
    return copy_name(process->command, process->program);
}

static void print_name(const struct printer *printer)
{
    char *name = report_text_name(printer->process);
    print_painted(printer, PAINT_FUNCTION, name ? name : printer->process->program);
    free(name);
}

static void print_title(const struct printer *printer)
{
    fputs(" \"", printer->out);
    message_write_harmless(printer->out, printer->process->title);
    putc('"', printer->out);
}

/* A program that is executed takes the place of another one in the same process. */
static void print_former(const struct printer *printer)
{
    const struct tree_process *process = printer->process;
    char *name = copy_name(process->former_command, process->former_program);
    fputs(", executed by ", printer->out);
    message_write_harmless(printer->out, name ? name : process->former_program);
    fprintf(printer->out, "[%d]", process->pid);
    free(name);
}

static void print_origin(const struct printer *printer)
{
    const struct tree_process *process = printer->process;
    if (process->forked)
        fprintf(printer->out, ", forked from %d", process->parent_pid);
    else if (!process->is_first && process->parent_pid == 0)
        fputs(", the first of its PID namespace", printer->out);
    else if (!process->is_first)
        fprintf(printer->out, ", child of %d", process->parent_pid);
    if (process->former_program)
        print_former(printer);
}

static void print_process(const struct printer *printer)
{
    const struct tree_process *process = printer->process;
    print_name(printer);
    fprintf(printer->out, "[%d]", process->pid);
    if (process->title && process->title[0])
        print_title(printer);
    print_origin(printer);
    fputs(process->is_running ? ", still running: " : ": ", printer->out);
}

static bool misses_hits(const struct tree_process *process)
{
    uint64_t missing = process->outside_hits | process->malformed;
    for (size_t i = 0; trace_loss_text(i); i++)
        missing |= process->losses[i];
    return missing != 0;
}

bool report_text_has_notes(const struct tree_process *process)
{
    return misses_hits(process) || process->unhooked || process->has_clock_stopped ||
           process->has_unmapped;
}

bool report_text_is_silent(const struct tree_process *process)
{
    return process->hits == 0 && !process->is_first && !process->is_running &&
           !report_text_has_notes(process);
}

static void print_no_hits(const struct printer *printer)
{
    fputs("no hits", printer->out);
    if (misses_hits(printer->process))
        fputs(" in the tree", printer->out);
    else if (printer->process->is_first)
        fputs(": no leaf was called (--list-leaves shows what there is to choose)", printer->out);
    putc('\n', printer->out);
}

static void print_head(const struct printer *printer)
{
    const struct tree_process *process = printer->process;
    FILE *out = printer->out;
    uint64_t total_ns = 0;
    size_t threads = 0;
    print_process(printer);
    if (process->hits == 0) {
        print_no_hits(printer);
        return;
    }
    for (size_t i = 0; i < process->thread_count; i++) {
        uint64_t thread_ns = process->threads[i].total_ns;
        total_ns = total_ns > UINT64_MAX - thread_ns ? UINT64_MAX : total_ns + thread_ns;
        if (process->threads[i].hits)
            threads += 1 + (size_t)process->threads[i].successors;
    }
    print_count(out, process->hits, "hit", "hits");
    fputs(" of ", out);
    print_count(out, process->leaf_count, "leaf", "leaves");
    fputs(" in ", out);
    print_count(out, threads, "thread", "threads");
    print_total(printer, total_ns);
    putc('\n', out);
}

static void print_report(struct printer *printer, const char *root, bool root_is_default)
{
    print_head(printer);
    for (size_t i = 0; i < printer->process->thread_count; i++)
        if (printer->process->threads[i].hits)
            print_thread(printer, &printer->process->threads[i]);
    notes_print_all(printer, root, root_is_default);
}

/* ---- calls of the root ---- */

static void print_calls_report(
    const struct printer *printer, const struct tree_calls *calls, const char *root)
{
    print_process(printer);
    text_calls_print(printer, calls, root);
    notes_print_losses(printer);
}

/* ---- a process without the root ---- */

static void print_absent_report(const struct printer *printer, const char *root)
{
    print_process(printer);
    print_count(printer->out, printer->process->hits, "hit", "hits");
    fputs(", never came to '", printer->out);
    message_write_harmless(printer->out, root);
    fputs("'\n", printer->out);
    notes_print_losses(printer);
}

/* ---- the whole ---- */

/* What is to be printed; `calls` NULL: the tree of the whole process. */
struct job {
    const struct tree_process *process;
    const struct tree_calls *calls;
    const char *root;
    bool root_is_default, is_absent;
};

static void do_job(struct printer *printer, const struct job *job)
{
    if (job->is_absent)
        print_absent_report(printer, job->root);
    else if (job->calls)
        print_calls_report(printer, job->calls, job->root);
    else
        print_report(printer, job->root, job->root_is_default);
}

/* All at once: stderr is unbuffered, and every word would be a write of its own. */
static void print_job(FILE *out, const struct job *job, struct report_style style)
{
    struct printer printer = {
        .process = job->process,
        .glyphs = style.unicode ? &unicode_glyphs : &ascii_glyphs,
        .color = style.color,
    };
    char *text = NULL;
    size_t size = 0;
    FILE *buffer = open_memstream(&text, &size);
    bool is_whole = false;
    if (buffer) {
        printer.out = buffer;
        do_job(&printer, job);
        is_whole = !ferror(buffer);
        is_whole &= fclose(buffer) == 0;
    }
    if (is_whole) {
        fwrite(text, 1, size, out);
    } else { /* out of memory: slowly, then */
        printer.out = out;
        do_job(&printer, job);
    }
    free(text);
}

void report_text(FILE *out, const struct tree_process *process, const char *root,
    bool root_is_default, struct report_style style)
{
    print_job(out, &(struct job){process, NULL, root, root_is_default, false}, style);
}

void report_text_calls(FILE *out, const struct tree_process *process,
    const struct tree_calls *calls, const char *root, struct report_style style)
{
    print_job(out, &(struct job){process, calls, root, false, false}, style);
}

void report_text_absent(
    FILE *out, const struct tree_process *process, const char *root, struct report_style style)
{
    print_job(out, &(struct job){process, NULL, root, false, true}, style);
}
