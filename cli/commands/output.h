/*
 * output.h - the destination of a report.
 */
#ifndef COMMANDS_OUTPUT_H
#define COMMANDS_OUTPUT_H

#include <stdbool.h>
#include <stdio.h>

/* Opens the destination: the file at `path`, or a buffered copy of the standard stream; *out is
 * NULL if that stream is closed. Returns 0, or -errno with *problem, one line (malloc'ed). */
int output_open(FILE **out, const char *path, int stream, bool is_open, char **problem);

#endif
