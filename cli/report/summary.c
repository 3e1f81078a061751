/*
 * summary.c - what a report says about a run besides its trees.
 */
#include "report/summary.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/sum.h"
#include "tree/process.h"
#include "tree/tree.h"

void summary_add_without_root(struct report_summary *summary, const struct tree_process *process)
{
    struct summary_without_root *without = &summary->without_root;
    without->hits = add_clamped(without->hits, process->hits);
    if (without->count == 0)
        without->first_hits = process->hits;
    if (without->count < SUMMARY_WITHOUT_ROOT)
        without->first[without->count] = (struct summary_process){
            tree_process_name(process), process->pid, process->is_running};
    without->count++;
}

static bool summary_has_name(const struct summary_quiet *quiet, const char *name)
{
    for (size_t i = 0; i < quiet->name_count; i++)
        if (strcmp(quiet->names[i], name) == 0)
            return true;
    return false;
}

static void add_name(struct summary_quiet *quiet, const struct tree_process *process)
{
    char *name = tree_process_name(process);
    bool is_new = name && !summary_has_name(quiet, name);
    if (is_new && quiet->name_count < SUMMARY_QUIET_NAMES) {
        quiet->names[quiet->name_count++] = name;
        return;
    }
    quiet->has_other_names |= is_new;
    free(name);
}

bool summary_takes_quiet(struct report_summary *summary, const struct tree_process *process)
{
    if (!tree_process_is_quiet(process) || summary->quiet.count++ < SUMMARY_QUIET)
        return false;
    add_name(&summary->quiet, process);
    return true;
}

void summary_add_nameless(struct report_summary *summary, const char *path, const char *problem)
{
    if (array_reserve(&summary->nameless, summary->nameless_count, 1, &summary->nameless_room,
            sizeof *summary->nameless) == 0)
        summary->nameless[summary->nameless_count++] = (struct summary_nameless){path, problem};
}

void summary_add_running(struct report_summary *summary, const char *name, int pid)
{
    if (array_reserve(&summary->running, summary->running_count, 1, &summary->running_room,
            sizeof *summary->running) == 0)
        summary->running[summary->running_count++] = (struct summary_process){
            strdup(name), pid, true};
}

void summary_add_untraced(struct report_summary *summary, const struct summary_untraced *untraced)
{
    if (array_reserve(&summary->untraced, summary->untraced_count, 1, &summary->untraced_room,
            sizeof *summary->untraced) == 0)
        summary->untraced[summary->untraced_count++] = *untraced;
}

void summary_add_unhit(struct report_summary *summary, const struct summary_unhit *unhit)
{
    if (array_reserve(&summary->unhit, summary->unhit_count, 1, &summary->unhit_room,
            sizeof *summary->unhit) == 0)
        summary->unhit[summary->unhit_count++] = *unhit;
}

void summary_finish(struct report_summary *summary)
{
    for (size_t i = 0; i < summary->without_root.count && i < SUMMARY_WITHOUT_ROOT; i++)
        free(summary->without_root.first[i].name);
    for (size_t i = 0; i < summary->quiet.name_count; i++)
        free(summary->quiet.names[i]);
    for (size_t i = 0; i < summary->running_count; i++)
        free(summary->running[i].name);
    free(summary->nameless);
    free(summary->running);
    free(summary->untraced);
    free(summary->unhit);
}
