/*
 * report.h - `scoped-trace report`: reports earlier runs and runs that still go on.
 */
#ifndef COMMANDS_REPORT_H
#define COMMANDS_REPORT_H

#include <stdbool.h>

struct options;

/* With options->directory, prints the report of the run whose session is there, as the run itself
 * would print it; this can be repeated while the run's processes go on. Then removes the session if
 * options->removes is set and none of its processes is running. Without a directory, prints a line
 * for each existing session of this user. Returns the exit status; a failure has been reported. */
int command_report(const struct options *options, bool has_stdout);

#endif
