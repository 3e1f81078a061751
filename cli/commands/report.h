/*
 * report.h - `scoped-trace report`: what earlier runs have left, and those that are not over.
 */
#ifndef COMMANDS_REPORT_H
#define COMMANDS_REPORT_H

#include <stdbool.h>

struct options;

/* With options->directory, prints the report of the run whose session lies there, as the run would
 * have, as often as one likes while its processes are running; removes the session then, if that is
 * wanted and nothing is running in it. Without it, prints a line for each session of this user that
 * is there. Returns the exit status; why has been said. */
int command_report(const struct options *options, bool has_stdout);

#endif
