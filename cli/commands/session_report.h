/*
 * session_report.h - prints what the processes of a session have recorded.
 */
#ifndef COMMANDS_SESSION_REPORT_H
#define COMMANDS_SESSION_REPORT_H

#include <stdio.h>

struct session_view;

/* Prints the tree of every process, then the running processes without a hit. Returns 0, or -errno
 * if something could not be read or printed; that has been reported, and the rest is printed all
 * the same. -EPIPE: the reader has closed the pipe. */
int session_report(const struct session_view *view, FILE *out);

#endif
