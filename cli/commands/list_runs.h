/*
 * list_runs.h - the runs that are kept, and those that have left a session.
 */
#ifndef COMMANDS_LIST_RUNS_H
#define COMMANDS_LIST_RUNS_H

#include <stdio.h>

/* 'scoped-trace report' without a run: prints a line for each kept run, the newest first, and for
 * each session of this user. On a terminal, lines of kept runs are cut at its width. */
void command_list_runs(FILE *out);

#endif
