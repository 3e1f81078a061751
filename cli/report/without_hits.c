/*
 * without_hits.c - processes of which there is nothing to say but that they have no hits.
 */
#include "report/without_hits.h"

#include <stdlib.h>
#include <string.h>

#include "base/message.h"
#include "report/text.h"

static bool has_name(const struct silent *silent, const char *name)
{
    for (size_t i = 0; i < silent->name_count; i++)
        if (strcmp(silent->names[i], name) == 0)
            return true;
    return false;
}

static void add_name(struct silent *silent, const struct tree_process *process)
{
    char *name = report_text_name(process);
    bool is_new = name && !has_name(silent, name);
    if (is_new && silent->name_count < SILENT_NAMES) {
        silent->names[silent->name_count++] = name;
        return;
    }
    silent->has_other_names |= is_new;
    free(name);
}

bool silent_takes(struct silent *silent, const struct tree_process *process)
{
    if (!report_text_is_silent(process) || silent->count++ < SILENT_LINES)
        return false;
    add_name(silent, process);
    return true;
}

void silent_print(const struct silent *silent, FILE *out)
{
    if (silent->count <= SILENT_LINES)
        return;
    size_t more = silent->count - SILENT_LINES;
    fprintf(out, "no hits in %zu more process%s", more, more == 1 ? "" : "es");
    for (size_t i = 0; i < silent->name_count; i++) {
        fputs(i ? ", " : ": ", out);
        message_write_harmless(out, silent->names[i]);
    }
    fputs(silent->has_other_names ? " and others\n" : "\n", out);
}

void silent_finish(struct silent *silent)
{
    for (size_t i = 0; i < silent->name_count; i++)
        free(silent->names[i]);
}
