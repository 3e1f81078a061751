/*
 * live.h - a run that goes on: what is known of it, and looks at what waits.
 */
#ifndef COMMANDS_NOW_LIVE_H
#define COMMANDS_NOW_LIVE_H

#include <stdio.h>

#include "commands/now/look.h"
#include "commands/record.h"
#include "leaves/leaves.h"
#include "options/options.h"
#include "session/notes.h"
#include "session/session.h"

struct live_run {
    struct session session;
    struct notes notes;
    struct options options; /* the run's */
    struct leaves leaves;
    struct record record; /* of the latest look; its symbols stay */
    struct now_processes processes;
};

/* Reads what is known of the run in the session at `path`. Returns 0, or -errno with *problem, one
 * line (malloc'ed). Close a zeroed object in any case. */
int live_run_open(struct live_run *run, const char *path, char **problem);
void live_run_close(struct live_run *run);

/* Returns the options with the root of the run, unless the user has named one. */
struct options live_run_options(const struct live_run *run, const struct options *options);

/* Looks at its processes that are running, and prints what they wait for. Returns 0, -ESRCH if
 * there are none, or -errno, which has been reported. Can be repeated. */
int live_run_print(struct live_run *run, const struct options *options, FILE *out);

#endif
