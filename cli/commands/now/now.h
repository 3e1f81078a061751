/*
 * now.h - `scoped-trace now`: what the threads of a run that goes on wait for; and what those of an
 * ended run did last.
 */
#ifndef COMMANDS_NOW_NOW_H
#define COMMANDS_NOW_NOW_H

#include <stdbool.h>
#include <stdio.h>

struct options;
struct record;

/* Prints what the threads of the run options->which wait for: the process id of a process of the
 * run or of the tool, a session, or "last": the one that began last. Returns the exit status; a
 * failure has been reported. */
int command_now(const struct options *options, bool has_stdout);

/* Prints what the threads of the recorded run did last, which is then all that the record has.
 * `options` say what is shown, with the root of the run unless the user has named one. Returns 0 or
 * -errno, which has been reported. */
int now_print_last(struct record *record, const struct options *options, FILE *out);

#endif
