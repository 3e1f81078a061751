/*
 * run.h - the run of a program, and --explain, which is all but that.
 */
#ifndef COMMANDS_RUN_H
#define COMMANDS_RUN_H

#include <stdbool.h>

struct options;

/* Runs the program and reports; `argv` is the tool's. Returns the tool's exit status, or does not
 * return but leaves with the program's. */
int command_run(const struct options *options, int argc, char **argv, bool has_stderr);

#endif
