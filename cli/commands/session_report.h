/*
 * session_report.h - prints what the processes of a session have recorded.
 */
#ifndef COMMANDS_SESSION_REPORT_H
#define COMMANDS_SESSION_REPORT_H

#include <stdint.h>
#include <stdio.h>

struct leaves;
struct processes;
struct options;
struct plans;
struct session;

/* What is known of the run besides its traces. */
struct session_view {
    const struct session *session;
    const struct options *options; /* only root and color are used */
    const struct leaves *leaves;
    const struct plans
        *plans; /* of the session's files; NULL if no leaf was named on the command line */
    const struct processes *running;
    int tool;        /* process id of the tool that made the run */
    int program;     /* process id, 0: unknown */
    uint64_t end_ns; /* CLOCK_MONOTONIC when it ended; 0: it is running, or the time is unknown */
};

/* Prints the tree of every process, then the running processes without a hit. Returns 0, or -errno
 * if something could not be read or printed; that has been reported, and the rest is printed all
 * the same. -EPIPE: the reader has closed the pipe. */
int session_report(const struct session_view *view, FILE *out);

#endif
