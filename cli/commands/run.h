/*
 * run.h - runs a program; --explain does everything but the run itself.
 */
#ifndef COMMANDS_RUN_H
#define COMMANDS_RUN_H

#include <stdbool.h>

struct options;

/* Runs the program and prints the report; `argv` is the tool's. Returns the tool's exit status, or
 * does not return but exits with the program's status. */
int command_run(const struct options *options, int argc, char **argv, bool has_stderr);

#endif
