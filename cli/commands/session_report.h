/*
 * session_report.h - prints what the processes of a run have recorded.
 */
#ifndef COMMANDS_SESSION_REPORT_H
#define COMMANDS_SESSION_REPORT_H

#include <stdio.h>

struct options;
struct record;
struct view_wish;

/* Prints the tree of every process, then the running processes without a hit; `wish` says
 * what is shown, and of the options root and color are used. Sets the number of hits in the record.
 * Returns 0, or -errno if something could not be printed; that has been reported, and the rest is
 * printed all the same. -EPIPE: the reader has closed the pipe. */
int session_report(
    struct record *record, const struct options *options, const struct view_wish *wish, FILE *out);

#endif
