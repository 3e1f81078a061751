/*
 * report.h - `scoped-trace report`: reports earlier runs and runs that still go on.
 */
#ifndef COMMANDS_REPORT_H
#define COMMANDS_REPORT_H

#include <stdbool.h>
#include <stdio.h>

struct kept_place;
struct options;
struct record;
struct session;

/* With options->which, prints the report of that run, as the run itself would print it; this can be
 * repeated while the run's processes go on. Saves the run with options->save. Then removes it if
 * options->removes is set and none of its processes is running. Without options->which, lists the
 * kept runs and the sessions of this user. With options->is_interactive, executes the browser with
 * the arguments of the tool, `argv`. Returns the exit status; a failure has been reported. */
int command_report(const struct options *options, char **argv, bool has_stdout);

/* Prints the record, with the root of `shown`, and saves it, as `options` say. Returns 0 or the
 * first -errno; each has been reported. */
int report_record(
    struct record *record, const struct options *shown, const struct options *options, FILE *out);

/* Prints what there is so far of a run that goes on, to `out`, which it closes, and saves and keeps
 * it, as `options` say, which are the run's. Sets *kept. Returns the exit status; a failure has
 * been reported. */
int report_so_far(const struct options *options, const struct session *session, FILE *out,
    struct kept_place *kept);

#endif
