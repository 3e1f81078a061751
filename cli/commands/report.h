/*
 * report.h - `scoped-trace report`: what earlier runs have left, and those that are not over.
 */
#ifndef COMMANDS_REPORT_H
#define COMMANDS_REPORT_H

#include <stdio.h>

struct options;

/* Prints the report of the run whose session lies in options->directory, as the run would have, as
 * often as one likes while its processes are running; removes the session then, if that is wanted
 * and nothing is running in it. Returns 0 or -errno; why has been said. */
int command_report(const struct options *options, FILE *out);

/* Prints a line for each session of this user that is there. */
void command_list_runs(FILE *out);

#endif
