/*
 * output.h - the destination of a report.
 */
#ifndef COMMANDS_OUTPUT_H
#define COMMANDS_OUTPUT_H

#include <stdbool.h>
#include <stdio.h>

#include "report/format.h"

struct options;

/* Opens the destination: the file at `path`, or a buffered copy of the standard stream; *out is
 * NULL if that stream is closed. Returns 0, or -errno with *problem, one line (malloc'ed). */
int output_open(FILE **out, const char *path, int stream, bool is_open, char **problem);

/* Returns how a report is written to `out`. Without a tree it needs no Unicode, and no time to find
 * out whether the terminal has it. */
struct report_style output_style(const struct options *options, FILE *out, bool has_trees);

#endif
