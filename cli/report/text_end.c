/*
 * text_end.c - what a report says about a run besides its trees, as text.
 */
#include "report/text_end.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/message.h"
#include "report/printer.h"
#include "report/summary.h"

#define UNTRACED_LINES 10 /* how many programs get a line each */

static void text_end_print_without_root(
    FILE *out, const struct summary_without_root *without, const char *root)
{
    size_t from = without->is_first_shown;
    if (without->count <= from)
        return;
    size_t count = without->count - from;
    uint64_t hits = without->hits - (from ? without->first_hits : 0);
    fprintf(out, "%zu process%s, with %" PRIu64 " hit%s, never reached '", count,
        count == 1 ? "" : "es", hits, hits == 1 ? "" : "s");
    message_write_harmless(out, root);
    putc('\'', out);
    for (size_t i = from; i < without->count && i < SUMMARY_WITHOUT_ROOT; i++) {
        const struct summary_process *process = &without->first[i];
        fputs(i > from ? ", " : ": ", out);
        message_write_harmless(out, process->name ? process->name : "?");
        fprintf(out, "[%d]%s", process->pid, process->is_running ? " (still running)" : "");
    }
    if (without->count > SUMMARY_WITHOUT_ROOT)
        fprintf(out, " and %zu more", without->count - SUMMARY_WITHOUT_ROOT);
    putc('\n', out);
}

static void print_quiet(FILE *out, const struct summary_quiet *quiet)
{
    if (quiet->count <= SUMMARY_QUIET)
        return;
    size_t more = quiet->count - SUMMARY_QUIET;
    fprintf(out, "no hits in %zu more process%s", more, more == 1 ? "" : "es");
    for (size_t i = 0; i < quiet->name_count; i++) {
        fputs(i ? ", " : ": ", out);
        message_write_harmless(out, quiet->names[i]);
    }
    fputs(quiet->has_other_names ? " and others\n" : "\n", out);
}

static void print_nameless(FILE *out, const struct summary_nameless *nameless)
{
    fputs("functions of '", out);
    message_write_harmless(out, nameless->path);
    fprintf(out, "' are shown as addresses: %s\n", nameless->problem);
}

static void print_running(FILE *out, const struct report_summary *summary)
{
    for (size_t i = 0; i < summary->running_count; i++) {
        const struct summary_process *process = &summary->running[i];
        fputs(i ? ", " : "still running, without a hit so far: ", out);
        message_write_harmless(out, process->name ? process->name : "?");
        fprintf(out, "[%d]", process->pid);
    }
    if (summary->running_count > 0)
        putc('\n', out);
}

static void print_untraced_program(FILE *out, const struct summary_untraced *program)
{
    fprintf(out, "not traced: %" PRIu64 " of ", program->count);
    message_write_harmless(out, program->path);
    fprintf(out, " (%s%s)\n", program->is_interpreter ? "its interpreter: " : "", program->why);
}

static void print_untraced(FILE *out, const struct report_summary *summary)
{
    uint64_t more = summary->untraced_more;
    for (size_t i = 0; i < summary->untraced_count; i++) {
        if (i < UNTRACED_LINES)
            print_untraced_program(out, &summary->untraced[i]);
        else
            more += summary->untraced[i].count;
    }
    if (more > 0)
        fprintf(out, "not traced: %" PRIu64 " more of other programs\n", more);
}

static void print_why(FILE *out, const struct summary_unhit *unhit)
{
    fputs(unhit->is_refused ? "' was seen: it cannot be hooked: "
                            : "' was seen: it cannot be hooked at its entry: ",
        out);
    message_write_harmless(out, unhit->why);
    putc('\n', out);
}

static void print_unhit(FILE *out, const struct summary_unhit *unhit)
{
    bool are_many = unhit->functions > 1 && unhit->is_pattern && unhit->why == NULL;
    if (are_many)
        fprintf(out, "no call of the %zu functions that '", unhit->functions);
    else
        fputs("no call of '", out);
    message_write_harmless(out, unhit->name);
    if (unhit->may_be_missed)
        fputs("' was seen: some loaded libraries could not be hooked, because the system forbids "
              "writing to code there, or the program had forbidden system calls\n",
            out);
    else if (unhit->functions == 0)
        fputs("' was seen: no loaded file has a function of that name\n", out);
    else if (unhit->why)
        print_why(out, unhit);
    else
        fputs(are_many ? "' names was seen\n" : "' was seen\n", out);
}

void text_end_print(
    const struct printer *printer, const struct report_summary *summary, const char *root)
{
    FILE *out = printer->out;
    text_end_print_without_root(out, &summary->without_root, root);
    print_quiet(out, &summary->quiet);
    for (size_t i = 0; i < summary->nameless_count; i++)
        print_nameless(out, &summary->nameless[i]);
    print_running(out, summary);
    print_untraced(out, summary);
    for (size_t i = 0; i < summary->unhit_count; i++)
        print_unhit(out, &summary->unhit[i]);
}
