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
    const struct options *options; /* root and color count */
    const struct leaves *leaves;
    const struct plans *plans; /* of its files; NULL if no leaf was asked for by name */
    const struct processes *running;
    int tool;        /* process id of the tool that made the run */
    int program;     /* process id, 0: unknown */
    uint64_t end_ns; /* CLOCK_MONOTONIC when it ended; 0: at an unknown time, or it has not */
};

/* Prints the tree of every process, and below them what is still running without a hit. Returns 0
 * or -errno, when something could not be read or printed, and why was said; the rest is printed all
 * the same. -EPIPE: the reader has gone away. */
int session_report(const struct session_view *view, FILE *out);

#endif
