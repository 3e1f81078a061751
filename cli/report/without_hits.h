/*
 * without_hits.h - processes of which there is nothing to say but that they have no hits.
 *
 * A script can have thousands. The first few have a line each, as other processes, and all that
 * follow one together.
 */
#ifndef REPORT_WITHOUT_HITS_H
#define REPORT_WITHOUT_HITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define SILENT_LINES 3
#define SILENT_NAMES 5

struct tree_process;

struct silent {
    size_t count;
    char *names[SILENT_NAMES]; /* of those without a line, each once */
    size_t name_count;
    bool has_other_names;
};

/* Whether the process has no line of its own, being such a one, and not the first. */
bool silent_takes(struct silent *silent, const struct tree_process *process);

/* Prints the line of those that were taken, if any. */
void silent_print(const struct silent *silent, FILE *out);

void silent_finish(struct silent *silent);

#endif
