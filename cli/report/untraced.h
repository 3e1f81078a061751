/*
 * untraced.h - the programs that the processes of a run have executed and that are not traced.
 */
#ifndef REPORT_UNTRACED_H
#define REPORT_UNTRACED_H

#include <stddef.h>
#include <stdio.h>

#include "trace/snapshot.h"

#define UNTRACED_LINES 10 /* so many have a line of their own */

/* Prints a line for each program and reason, those that were executed most often first, and one for
 * all others. Nothing where there are none, or no memory. */
void untraced_list_print(FILE *out, struct snapshot *const *snapshots, size_t count);

#endif
