/*
 * list.h - prints the known leaves, and the runs that have left a session.
 */
#ifndef COMMANDS_LIST_H
#define COMMANDS_LIST_H

#include <stdio.h>

/* --list-leaves: prints every group with its functions. */
void command_list_leaves(FILE *out);

/* 'scoped-trace report' without a directory: prints a line for each session of this user. */
void command_list_runs(FILE *out);

#endif
