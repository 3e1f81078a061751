/*
 * watch.h - `scoped-trace watch` and `report --since`: what a run does that goes on.
 */
#ifndef COMMANDS_WATCH_WATCH_H
#define COMMANDS_WATCH_WATCH_H

#include <stdbool.h>

struct options;

/* Shows on the terminal what the run does. Where there is none, or options->count is set, prints
 * what it has done in each period. Returns the exit status; a failure has been reported. */
int command_watch(const struct options *options, char **argv, bool has_stdout);

/* Prints what the run does in options->since_ns from now on, and saves it if that is wanted. The
 * same. */
int command_since(const struct options *options, bool has_stdout);

#endif
