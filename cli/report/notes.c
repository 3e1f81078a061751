/*
 * notes.c - the lines below a tree: what it lacks, and what the user should know about it.
 */
#include "report/notes.h"

#include <inttypes.h>
#include <string.h>

#include "base/message.h"
#include "report/drawing.h"
#include "report/printer.h"
#include "trace/words.h"
#include "tree/tree.h"

#define SUGGESTIONS 4

/* Finds names near the top of the tree that could be roots; returns how many. Names that begin with
 * an underscore are usually start code. */
static size_t find_suggestions(const struct tree_process *process, const char **names)
{
    size_t count = 0, looked_at = 0;
    for (size_t i = 0; i < process->thread_count && tree_show(process, i) == 0; i++) {
        const struct tree_node *top = process->threads[i].top, *node = top;
        size_t depth = 0;
        while (
            count < SUGGESTIONS && looked_at++ < 1000 && (node = drawing_next(node, top, &depth))) {
            bool is_usable = node->function && !node->is_leaf && !node->is_phase &&
                             node->function[0] != '_';
            for (size_t j = 0; j < count && is_usable; j++)
                is_usable = strcmp(names[j], node->function) != 0;
            if (is_usable)
                names[count++] = node->function;
        }
    }
    return count;
}

static void note_root_not_found(const struct printer *printer, const char *root)
{
    const char *names[SUGGESTIONS];
    size_t count = find_suggestions(printer->process, names);
    FILE *out = printer->out;
    begin_note(printer);
    fputs("no function '", out);
    message_write_harmless(out, root);
    fputs("' is on any path: the whole tree is shown (", out);
    fputs(count ? "try --root with one of: "
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
    fputs("no function on the paths has the name '", printer->out);
    message_write_harmless(printer->out, root);
    fputs("': the tree begins with the function that was called instead", printer->out);
    end_note(printer);
}

static void note_outside(const struct printer *printer, const char *root, bool root_is_default)
{
    FILE *out = printer->out;
    begin_note(printer);
    print_count(out, printer->process->outside_hits, "hit lies", "hits lie");
    fputs(" outside of '", out);
    message_write_harmless(out, root);
    fputs(root_is_default ? "' (it is not known whether before it began or after it ended)"
                          : "' (it is not on their paths)",
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
    fputs(
        "without a time, because they may have more arguments on the stack than are copied: ", out);
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
    fputs(" of the root, without a separate tree: the root was entered by a jump, because a leaf "
          "jumped to it, or it may have more arguments on the stack than are copied",
        printer->out);
    end_note(printer);
}

static void note_deep_calls(const struct printer *printer)
{
    if (printer->process->deep_calls == 0)
        return;
    begin_note(printer);
    print_count(printer->out, printer->process->deep_calls, "more call", "more calls");
    fputs(" of the root lay within too many others, and are a part of the innermost of these",
        printer->out);
    end_note(printer);
}

/* Prints "f, g and 3 more", with control characters escaped. */
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

void notes_print_losses(const struct printer *printer)
{
    const struct tree_process *process = printer->process;
    for (size_t i = 0; trace_loss_text(i); i++)
        if (process->losses[i])
            note_loss(printer, process->losses[i], trace_loss_text(i));
    print_unhooked(printer);
    if (process->has_clock_stopped) {
        begin_note(printer);
        fputs("the program forbade reading the clock: later calls have no time", printer->out);
        end_note(printer);
    }
    note_untimed(printer);
    note_unseen_calls(printer);
    note_deep_calls(printer);
    if (process->has_unmapped) {
        begin_note(printer);
        fputs("the program unmapped the memory of its trace, or mapped something over it: later "
              "hits are missing",
            printer->out);
        end_note(printer);
    }
    if (process->malformed == 0)
        return;
    begin_note(printer);
    print_count(printer->out, process->malformed, "record", "records");
    fputs(" of the trace left out, because of damage", printer->out);
    end_note(printer);
}

void notes_print_all(const struct printer *printer, const char *root, bool root_is_default)
{
    const struct tree_process *process = printer->process;
    if (process->hits && !process->root_found)
        note_root_not_found(printer, root);
    if (process->is_root_implied)
        note_root_implied(printer, root);
    if (process->outside_hits)
        note_outside(printer, root, root_is_default);
    notes_print_losses(printer);
}

/* A function that was inlined has no entry, at which a call could be noticed. */
void notes_print_inlined_root(const struct printer *printer, const char *root)
{
    FILE *out = printer->out;
    const char *caller = printer->process->root_caller;
    if (caller == NULL)
        return;
    begin_note(printer);
    fputs("calls of '", out);
    message_write_harmless(out, root);
    fputs("' cannot be told apart where it is inlined into '", out);
    message_write_harmless(out, caller);
    fputs("': try that as --root, or compile with -fno-inline", out);
    end_note(printer);
}
