/*
 * output.h - where a report goes.
 */
#ifndef COMMANDS_OUTPUT_H
#define COMMANDS_OUTPUT_H

#include <stdbool.h>
#include <stdio.h>

/* Opens it: into a file, or to a standard stream, of which this is a buffered copy; NULL
 * where that is closed. Returns 0, or the exit status when that was said. */
int output_open(FILE **out, const char *path, int stream, bool is_open);

#endif
