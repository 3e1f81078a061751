/*
 * text.c - a downtrace as text, for people.
 *
 * A tree of up to 20 levels is drawn fully indented. In a deeper one a lone child stands
 * under its caller in the same column, so that only forks move to the right; where even
 * those go too far, the drawing starts again at the left, behind the number of the levels
 * that it leaves out: "[40] ". Lines are therefore of bounded length, and nothing recurses.
 */
#include "report/text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/message.h"
#include "trace/words.h"
#include "trace_format.h"
#include "tree/calls.h"
#include "tree/tree.h"

#define SHALLOW_LEVELS 20 /* trees up to here are drawn fully indented */
#define PAGE_LEVELS    40 /* columns start again at the left after so many */
#define SUGGESTIONS    4
#define TITLE_LENGTH   60

struct glyphs {
    const char *top, *branch, *last, *line, *gap; /* three columns each, but the top's two */
    const char *times, *microseconds, *dots;
};

static const struct glyphs unicode_glyphs = {"╼ ", "├╼ ", "└╼ ", "│  ", "   ", "×", "µs", "…"};
static const struct glyphs ascii_glyphs = {"- ", "|- ", "`- ", "|  ", "   ", "x", "us", "..."};

/* ECMA-48, "Select Graphic Rendition". */
enum paint { PAINT_NONE, PAINT_DIM, PAINT_FUNCTION, PAINT_LEAF, PAINT_TIME, PAINT_NOTE };
static const char *const paint_codes[] = {
    [PAINT_NONE] = "\033[0m",
    [PAINT_DIM] = "\033[2m",
    [PAINT_FUNCTION] = "\033[1m",
    [PAINT_LEAF] = "\033[1;36m",
    [PAINT_TIME] = "\033[32m",
    [PAINT_NOTE] = "\033[33m",
};

struct printer {
    FILE *out;
    const struct tree_process *process;
    const struct glyphs *glyphs;
    bool color;
    bool folds;       /* lone children stand under their callers */
    bool *has_sequel; /* by level: the node drawn last there has a next sibling */
};

static void paint(const struct printer *printer, enum paint what)
{
    if (printer->color)
        fputs(paint_codes[what], printer->out);
}

static void print_painted(const struct printer *printer, enum paint what, const char *text)
{
    paint(printer, what);
    message_write_harmless(printer->out, text);
    paint(printer, PAINT_NONE);
}

static void print_count(FILE *out, uint64_t count, const char *one, const char *many)
{
    fprintf(out, "%" PRIu64 " %s", count, count == 1 ? one : many);
}

/* Two or three significant digits. */
static void print_duration(const struct printer *printer, uint64_t ns)
{
    const struct {
        uint64_t ns;
        const char *name;
    } units[] = {{1000, printer->glyphs->microseconds}, {1000000, "ms"}, {1000000000, "s"}};
    if (ns < 1000) {
        fprintf(printer->out, "%" PRIu64 " ns", ns);
        return;
    }
    for (size_t i = 0; i < 3 && ns < UINT64_C(59950000000); i++) {
        uint64_t tenths = (ns + units[i].ns / 20) / (units[i].ns / 10);
        uint64_t whole = (ns + units[i].ns / 2) / units[i].ns;
        if (whole >= 1000)
            continue;
        if (tenths < 1000)
            fprintf(printer->out, "%" PRIu64 ".%" PRIu64, tenths / 10, tenths % 10);
        else
            fprintf(printer->out, "%" PRIu64, whole);
        fprintf(printer->out, " %s", units[i].name);
        return;
    }
    uint64_t seconds = ns / 1000000000 + (ns % 1000000000 >= 500000000);
    if (seconds < 3600)
        fprintf(printer->out, "%" PRIu64 " min %" PRIu64 " s", seconds / 60, seconds % 60);
    else
        fprintf(printer->out, "%" PRIu64 " h %" PRIu64 " min", seconds / 3600, seconds / 60 % 60);
}

static void print_total(const struct printer *printer, uint64_t ns)
{
    if (ns == 0)
        return;
    fputs(", ", printer->out);
    print_duration(printer, ns);
}

/* ---- the line of a node ---- */

static void print_place(const struct printer *printer, const struct tree_node *node)
{
    FILE *out = printer->out;
    if (node->file && node->line) {
        message_write_harmless(out, node->file);
        fprintf(out, ":%d", node->line);
        if (node->column)
            fprintf(out, ":%d", node->column);
        return;
    }
    if (node->module) {
        message_write_harmless(out, node->module);
        putc('+', out);
    }
    fprintf(out, "0x%" PRIx64, node->address);
}

static void print_marks(const struct printer *printer, const struct tree_node *node)
{
    const char *const marks[] = {
        node->is_interrupted ? "interrupted by a signal" : NULL,
        node->module == NULL ? "generated code" : NULL,
        node->flags & TRACE_BY_FRAME_POINTER ? "caller guessed" : NULL,
    };
    const char *before = " (";
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        if (marks[i] == NULL)
            continue;
        fprintf(printer->out, "%s%s", before, marks[i]);
        before = ", ";
    }
    if (before[0] == ',')
        putc(')', printer->out);
}

static void print_frame(const struct printer *printer, const struct tree_node *node)
{
    if (node->is_gone) {
        print_painted(printer, PAINT_FUNCTION, node->function);
        paint(printer, PAINT_DIM);
        fputs(" (goes on by a jump)", printer->out);
        paint(printer, PAINT_NONE);
        return;
    }
    if (node->function) {
        /* An inlined function's name is not bold: no call happened there. */
        print_painted(printer, node->is_inlined ? PAINT_NONE : PAINT_FUNCTION, node->function);
        paint(printer, PAINT_DIM);
        fputs(" at ", printer->out);
    } else {
        paint(printer, PAINT_DIM);
    }
    print_place(printer, node);
    print_marks(printer, node);
    paint(printer, PAINT_NONE);
}

static void print_unfinished(
    const struct printer *printer, const struct tree_node *leaf, const char *before)
{
    uint64_t count = leaf->hits - leaf->returns, taken_ns = printer->process->taken_ns;
    if (count == 0)
        return;
    if (leaf->hits == 1)
        fprintf(printer->out, "%sunfinished", before);
    else
        fprintf(printer->out, "%s%" PRIu64 " unfinished", before, count);
    /* Only of the last call is it known when it was entered. */
    if (count == 1 && leaf->entered_ns && leaf->entered_ns <= taken_ns && taken_ns) {
        fputs(" after ", printer->out);
        print_duration(printer, taken_ns - leaf->entered_ns);
    }
}

/* Without a time where none was taken, as of a function that is only jumped to. */
static void print_leaf(const struct printer *printer, const struct tree_node *leaf)
{
    print_painted(printer, PAINT_LEAF, leaf->function);
    fprintf(printer->out, " %s%" PRIu64, printer->glyphs->times, leaf->hits);
    if (!printer->process->has_times)
        return;
    paint(printer, PAINT_TIME);
    if (leaf->total_ns) {
        fputs("  ", printer->out);
        print_duration(printer, leaf->total_ns);
    }
    print_unfinished(printer, leaf, leaf->total_ns ? ", " : "  ");
    paint(printer, PAINT_NONE);
}

/* ---- the tree ---- */

/* The node after `node` when callers come first; *depth follows. NULL: that was the last. */
static const struct tree_node *next_node(
    const struct tree_node *node, const struct tree_node *top, size_t *depth)
{
    if (node->first_child) {
        ++*depth;
        return node->first_child;
    }
    while (node != top && node->next_sibling == NULL) {
        node = node->parent;
        --*depth;
    }
    return node == top ? NULL : node->next_sibling;
}

static size_t measure_depth(const struct tree_node *top)
{
    size_t depth = 0, deepest = 0;
    for (const struct tree_node *node = top; node; node = next_node(node, top, &depth))
        deepest = depth > deepest ? depth : deepest;
    return deepest;
}

/* Drawn under its caller, in its column. */
static bool is_folded(
    const struct printer *printer, const struct tree_node *node, const struct tree_node *top)
{
    return printer->folds && !node->is_leaf && node->parent != top &&
           node->parent->first_child == node->parent->last_child;
}

/* The lines to the left of a node on `level`, and its connector. */
static void print_lines(
    const struct printer *printer, const struct tree_node *node, size_t level, bool folded)
{
    const struct glyphs *glyphs = printer->glyphs;
    size_t first = level - level % PAGE_LEVELS;
    paint(printer, PAINT_DIM);
    if (level == 0 && !folded) {
        fputs(glyphs->top, printer->out);
        paint(printer, PAINT_NONE);
        return;
    }
    if (first)
        fprintf(printer->out, "[%zu] ", first);
    else
        fputs("  ", printer->out);
    for (size_t i = first ? first : 1; i < level + folded; i++)
        fputs(printer->has_sequel[i] ? glyphs->line : glyphs->gap, printer->out);
    if (!folded)
        fputs(node->next_sibling ? glyphs->branch : glyphs->last, printer->out);
    paint(printer, PAINT_NONE);
}

static void print_cut(const struct printer *printer, uint32_t flags)
{
    if ((flags & (TRACE_CUT | TRACE_LOST_TRACK)) == 0)
        return;
    paint(printer, PAINT_NOTE);
    fprintf(printer->out, "%s (", printer->glyphs->dots);
    if (flags & TRACE_CUT)
        fprintf(printer->out,
            "the stack goes on: of more than %d frames the outermost callers are not kept",
            TRACE_DEPTH_MAX);
    else
        fputs("callers unknown: no unwind information", printer->out);
    putc(')', printer->out);
    paint(printer, PAINT_NONE);
    putc('\n', printer->out);
}

static void print_node(const struct printer *printer, const struct tree_node *node,
    const struct tree_node *top, size_t level, bool folded)
{
    if (node->parent == top)
        print_cut(printer, node->flags);
    print_lines(printer, node, level, folded);
    if (node->is_leaf)
        print_leaf(printer, node);
    else
        print_frame(printer, node);
    putc('\n', printer->out);
}

/* A folded node is on its caller's level, any other one level further in. */
static void print_tree(struct printer *printer, const struct tree_node *top)
{
    size_t level = 0;
    const struct tree_node *node = top->first_child;
    while (node) {
        bool folded = is_folded(printer, node, top);
        if (!folded)
            printer->has_sequel[level] = node->next_sibling != NULL;
        print_node(printer, node, top, level, folded);
        if (node->first_child) {
            node = node->first_child;
            level += !is_folded(printer, node, top);
            continue;
        }
        while (node != top && node->next_sibling == NULL) {
            level -= node->parent != top && !is_folded(printer, node, top);
            node = node->parent;
        }
        node = node->next_sibling; /* a top has none */
    }
}

/* A thread, or one and others that came later, each when its former owner had ended, and went on in
 * its tree. */
static void print_thread_id(FILE *out, int tid, const char *name, uint32_t successors)
{
    fprintf(out, "%s %d", successors ? "threads" : "thread", tid);
    if (name[0]) {
        fputs(" \"", out);
        message_write_harmless(out, name);
        putc('"', out);
    }
    if (successors)
        fprintf(out, " and %" PRIu32 " later", successors);
}

static void print_thread_name(const struct printer *printer, const struct tree_thread *thread)
{
    FILE *out = printer->out;
    print_thread_id(out, thread->tid, thread->name, thread->successors);
    fputs(": ", out);
    print_count(out, thread->hits, "hit", "hits");
    print_total(printer, thread->total_ns);
    putc('\n', out);
}

static void print_thread_tree(struct printer *printer, const struct tree_thread *thread)
{
    size_t depth = measure_depth(thread->top);
    printer->folds = depth > SHALLOW_LEVELS;
    printer->has_sequel = calloc(depth + 1, sizeof *printer->has_sequel);
    if (printer->has_sequel)
        print_tree(printer, thread->top);
    else
        fprintf(printer->out, "out of memory: a tree of %zu levels is not shown\n", depth);
    free(printer->has_sequel);
}

static void print_thread(struct printer *printer, const struct tree_thread *thread)
{
    if (!thread->is_main)
        print_thread_name(printer, thread);
    print_thread_tree(printer, thread);
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

/* Names near the top of the tree that would do as roots; returns how many. Those that begin
 * with an underscore are start code, as a rule. */
static size_t find_suggestions(const struct tree_process *process, const char **names)
{
    size_t count = 0, looked_at = 0;
    for (size_t i = 0; i < process->thread_count; i++) {
        const struct tree_node *top = process->threads[i].top, *node = top;
        size_t depth = 0;
        while (count < SUGGESTIONS && looked_at++ < 1000 && (node = next_node(node, top, &depth))) {
            bool is_usable = node->function && !node->is_leaf && node->function[0] != '_';
            for (size_t j = 0; j < count && is_usable; j++)
                is_usable = strcmp(names[j], node->function) != 0;
            if (is_usable)
                names[count++] = node->function;
        }
    }
    return count;
}

static void begin_note(const struct printer *printer)
{
    paint(printer, PAINT_NOTE);
}

static void end_note(const struct printer *printer)
{
    paint(printer, PAINT_NONE);
    putc('\n', printer->out);
}

static void note_root_not_found(const struct printer *printer, const char *root)
{
    const char *names[SUGGESTIONS];
    size_t count = find_suggestions(printer->process, names);
    FILE *out = printer->out;
    begin_note(printer);
    fputs("no function '", out);
    message_write_harmless(out, root);
    fputs("' was met on any path: the whole tree is shown (", out);
    fputs(count ? "try --root FUNCTION with one that was: "
                : "the functions have no names here: has the program been stripped?",
        out);
    for (size_t i = 0; i < count; i++) {
        message_write_harmless(out, names[i]);
        fputs(i + 2 < count ? ", " : i + 2 == count ? " or " : "", out);
    }
    putc(')', out);
    end_note(printer);
}

static void note_root_implied(const struct printer *printer, const char *root)
{
    begin_note(printer);
    fputs("no function on the stacks has the name '", printer->out);
    message_write_harmless(printer->out, root);
    fputs("': the tree begins with what was called in its place", printer->out);
    end_note(printer);
}

static void note_outside(const struct printer *printer, const char *root, bool root_is_default)
{
    FILE *out = printer->out;
    begin_note(printer);
    print_count(out, printer->process->outside_hits, "hit lies", "hits lie");
    fputs(" outside of '", out);
    message_write_harmless(out, root);
    fputs(root_is_default ? "' (before it began or after it ended)"
                          : "' (it was not on their stacks)",
        out);
    end_note(printer);
}

static void note_loss(const struct printer *printer, uint64_t count, const char *text)
{
    begin_note(printer);
    /* The text begins with "hits". */
    fprintf(printer->out, "%" PRIu64 " hit%s", count, text + strlen(count == 1 ? "hits" : "hit"));
    end_note(printer);
}

static void note_untimed(const struct printer *printer)
{
    const struct tree_untimed *untimed = printer->process->untimed;
    FILE *out = printer->out;
    if (untimed[0].leaf == NULL)
        return;
    begin_note(printer);
    fputs("without a time, since they may have more arguments on the stack than are copied: ", out);
    for (size_t i = 0; i < TREE_UNTIMED && untimed[i].leaf; i++) {
        fputs(i ? ", " : "", out);
        print_count(out, untimed[i].calls, "call of ", "calls of ");
        message_write_harmless(out, untimed[i].leaf);
    }
    if (printer->process->others_untimed)
        fprintf(out, ", and %" PRIu64 " of others", printer->process->others_untimed);
    end_note(printer);
}

static void note_unseen_calls(const struct printer *printer)
{
    if (printer->process->unseen_calls == 0)
        return;
    begin_note(printer);
    print_count(printer->out, printer->process->unseen_calls, "more call", "more calls");
    fputs(" of the root could not be told apart: entered by a jump, as a leaf jumped to it, or its "
          "arguments on the stack may be more than are copied",
        printer->out);
    end_note(printer);
}

/* "f, g and 3 more", harmless. */
static void print_unhooked_names(FILE *out, const struct tree_unhooked *unhooked)
{
    uint32_t named = 0;
    for (; named < TREE_UNHOOKED_NAMES && unhooked->names[named]; named++) {
        if (named > 0)
            fputs(named + 1 == unhooked->count ? " and " : ", ", out);
        message_write_harmless(out, unhooked->names[named]);
    }
    if (named > 0 && named < unhooked->count)
        fprintf(out, " and %" PRIu32 " more", unhooked->count - named);
}

static void print_unhooked(const struct printer *printer)
{
    for (size_t i = 0; i < printer->process->unhooked_group_count; i++) {
        const struct tree_unhooked *unhooked = &printer->process->unhooked_groups[i];
        begin_note(printer);
        print_count(printer->out, unhooked->count, "leaf was not hooked", "leaves were not hooked");
        fputs(unhooked->is_linked ? " at their entry, but by the linker: " : ": ", printer->out);
        fputs(unhooked->why, printer->out);
        fputs(": ", printer->out);
        print_unhooked_names(printer->out, unhooked);
        end_note(printer);
    }
}

static void print_losses(const struct printer *printer)
{
    const struct tree_process *process = printer->process;
    for (size_t i = 0; trace_loss_text(i); i++)
        if (process->losses[i])
            note_loss(printer, process->losses[i], trace_loss_text(i));
    print_unhooked(printer);
    if (process->has_clock_stopped) {
        begin_note(printer);
        fputs("the program forbade to read the clock: calls after that have no time", printer->out);
        end_note(printer);
    }
    note_untimed(printer);
    note_unseen_calls(printer);
    if (process->has_unmapped) {
        begin_note(printer);
        fputs(
            "the program unmapped the memory of its trace, or mapped something over it: hits after "
            "that are missing",
            printer->out);
        end_note(printer);
    }
    if (process->malformed == 0)
        return;
    begin_note(printer);
    print_count(printer->out, process->malformed, "record", "records");
    fputs(" of the trace left out: damaged", printer->out);
    end_note(printer);
}

static void print_foot(const struct printer *printer, const char *root, bool root_is_default)
{
    const struct tree_process *process = printer->process;
    if (process->hits && !process->root_found)
        note_root_not_found(printer, root);
    if (process->is_root_implied)
        note_root_implied(printer, root);
    if (process->outside_hits)
        note_outside(printer, root, root_is_default);
    print_losses(printer);
}

static void print_report(struct printer *printer, const char *root, bool root_is_default)
{
    print_head(printer);
    for (size_t i = 0; i < printer->process->thread_count; i++)
        if (printer->process->threads[i].hits)
            print_thread(printer, &printer->process->threads[i]);
    print_foot(printer, root, root_is_default);
}

/* ---- calls of the root ---- */

static void print_call_count(const struct printer *printer, uint64_t count, const char *root)
{
    print_count(printer->out, count, "call of ", "calls of ");
    print_painted(printer, PAINT_FUNCTION, root);
}

/* The mean is of those whose time is known. */
static void print_call_times(const struct printer *printer, const struct tree_call *call)
{
    uint64_t timed = call->count - call->jumped;
    if (!printer->process->has_times || timed == 0 || call->is_open)
        return;
    fputs(timed > 1 ? ", each " : ", ", printer->out);
    paint(printer, PAINT_TIME);
    print_duration(printer, call->total_ns / timed);
    if (timed > 1) {
        fputs(" on average, at most ", printer->out);
        print_duration(printer, call->longest_ns);
    }
    paint(printer, PAINT_NONE);
}

static void print_call_thread(const struct printer *printer, const struct tree_call *call)
{
    if (call->thread_count > 1) {
        fprintf(printer->out, " in %zu threads", call->thread_count);
        return;
    }
    if (call->is_main)
        return;
    fputs(" in ", printer->out);
    print_thread_id(printer->out, call->tid, call->thread_name, call->successors);
}

static void print_call_end(const struct printer *printer, const struct tree_call *call)
{
    uint64_t taken_ns = printer->process->taken_ns;
    if (call->is_open) {
        fputs(", unfinished", printer->out);
        if (call->entered_ns && taken_ns > call->entered_ns) {
            fputs(" after ", printer->out);
            print_duration(printer, taken_ns - call->entered_ns);
        }
    }
    if (call->jumped == call->count)
        fputs(", left by a jump", printer->out);
    else if (call->jumped)
        fprintf(printer->out, ", %" PRIu64 " left by a jump", call->jumped);
    if (call->is_incomplete)
        fputs(" (hits are missing)", printer->out);
}

static void print_call(struct printer *printer, const struct tree_call *call, const char *root)
{
    print_call_count(printer, call->count, root);
    print_call_thread(printer, call);
    print_call_times(printer, call);
    print_call_end(printer, call);
    fputs(call->tree->hits ? ":\n" : ": no hits\n", printer->out);
    for (size_t i = 0; i < call->tree->thread_count; i++)
        if (call->tree->threads[i].hits)
            print_thread_tree(printer, &call->tree->threads[i]);
}

/* The rest has other trees, nobody knows how many. */
static void print_calls_head(
    const struct printer *printer, const struct tree_calls *calls, const char *root)
{
    print_call_count(printer, calls->call_count, root);
    print_total(printer, calls->total_ns);
    if (calls->rest_count == 0 && calls->count == 1)
        fputs(", all with the same tree", printer->out);
    else if (calls->rest_count == 0)
        fprintf(printer->out, ", with %zu different trees", calls->count);
    putc('\n', printer->out);
}

static void note_rest(const struct printer *printer, const struct tree_calls *calls)
{
    FILE *out = printer->out;
    begin_note(printer);
    print_count(out, calls->rest_count, "more call", "more calls");
    print_total(printer, calls->rest_ns);
    if (calls->rest_count > 1 && calls->rest_ns) {
        fputs(" in all, at most ", out);
        print_duration(printer, calls->rest_longest_ns);
        fputs(" each", out);
    }
    fputs(calls->rest_ns ? ", " : " ", out);
    fputs(calls->rest_count == 1 ? "had another tree, which was" : "had other trees, which were",
        out);
    fputs(" not kept (--each=NUMBER keeps more)", out);
    end_note(printer);
}

static void note_outside_calls(
    const struct printer *printer, const struct tree_calls *calls, const char *root)
{
    begin_note(printer);
    print_count(printer->out, calls->outside_hits, "hit lies", "hits lie");
    fputs(" in no call of '", printer->out);
    message_write_harmless(printer->out, root);
    putc('\'', printer->out);
    end_note(printer);
}

static void print_calls_report(
    struct printer *printer, const struct tree_calls *calls, const char *root)
{
    print_process(printer);
    if (calls->call_count > 1 || calls->count != 1) /* else there is no more to say of all */
        print_calls_head(printer, calls, root);
    for (size_t i = 0; i < calls->count; i++)
        print_call(printer, &calls->list[i], root);
    if (calls->rest_count)
        note_rest(printer, calls);
    if (calls->outside_hits)
        note_outside_calls(printer, calls, root);
    print_losses(printer);
}

/* ---- a process without the root ---- */

static void print_absent_report(const struct printer *printer, const char *root)
{
    print_process(printer);
    print_count(printer->out, printer->process->hits, "hit", "hits");
    fputs(", never came to '", printer->out);
    message_write_harmless(printer->out, root);
    fputs("'\n", printer->out);
    print_losses(printer);
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
