/*
 * session_report.h - prints what the processes of a session have recorded.
 */
#ifndef COMMANDS_SESSION_REPORT_H
#define COMMANDS_SESSION_REPORT_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct leaves;
struct processes;
struct options;
struct plans;
struct process_life;
struct session;

/* What is known of the run besides its traces. */
struct session_view {
    const struct session *session;
    const struct options *options; /* only root and color are used */
    const struct leaves *leaves;
    const struct plans
        *plans; /* of the session's files; NULL if no leaf was named on the command line */
    const struct processes *running;
    int tool;                        /* process id of the tool that made the run */
    const struct process_life *life; /* of the program; all 0: it is running, or nothing is known */
    const struct process_life *others; /* that have ended, as far as this was seen */
    size_t other_count;
};

/* Prints the tree of every process, then the running processes without a hit. Returns 0, or -errno
 * if something could not be read or printed; that has been reported, and the rest is printed all
 * the same. -EPIPE: the reader has closed the pipe. */
int session_report(const struct session_view *view, FILE *out);

#endif
