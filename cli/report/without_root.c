/*
 * without_root.c - processes in which the root that was asked for was never met.
 */
#include "report/without_root.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/message.h"
#include "base/sum.h"
#include "report/text.h"
#include "tree/tree.h"

void absent_add(struct absent *absent, const struct tree_process *process)
{
    absent->hits = add_clamped(absent->hits, process->hits);
    if (absent->count == 0)
        absent->first_hits = process->hits;
    if (absent->count < ABSENT_NAMES) {
        absent->first[absent->count].name = report_text_name(process);
        absent->first[absent->count].pid = process->pid;
        absent->first[absent->count].is_running = process->is_running;
    }
    absent->count++;
}

void absent_print(const struct absent *absent, size_t from, const char *root, FILE *out)
{
    if (absent->count <= from)
        return;
    size_t count = absent->count - from;
    uint64_t hits = absent->hits - (from ? absent->first_hits : 0);
    fprintf(out, "%zu process%s, with %" PRIu64 " hit%s, never came to '", count,
        count == 1 ? "" : "es", hits, hits == 1 ? "" : "s");
    message_write_harmless(out, root);
    putc('\'', out);
    for (size_t i = from; i < absent->count && i < ABSENT_NAMES; i++) {
        fputs(i > from ? ", " : ": ", out);
        message_write_harmless(out, absent->first[i].name ? absent->first[i].name : "?");
        fprintf(out, "[%d]%s", absent->first[i].pid,
            absent->first[i].is_running ? " (still running)" : "");
    }
    if (absent->count > ABSENT_NAMES)
        fprintf(out, " and %zu more", absent->count - ABSENT_NAMES);
    putc('\n', out);
}

void absent_finish(struct absent *absent)
{
    for (size_t i = 0; i < absent->count && i < ABSENT_NAMES; i++)
        free(absent->first[i].name);
}
