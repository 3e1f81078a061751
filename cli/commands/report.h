/*
 * report.h - `scoped-trace report`: reports earlier runs and runs that still go on.
 */
#ifndef COMMANDS_REPORT_H
#define COMMANDS_REPORT_H

#include <stdbool.h>

struct options;

/* With options->which, prints the report of that run, as the run itself would print it; this can be
 * repeated while the run's processes go on. Saves the run with options->save. Then removes it if
 * options->removes is set and none of its processes is running. Without options->which, lists the
 * kept runs and the sessions of this user. With options->is_interactive, executes the browser with
 * the arguments of the tool, `argv`. Returns the exit status; a failure has been reported. */
int command_report(const struct options *options, char **argv, bool has_stdout);

#endif
