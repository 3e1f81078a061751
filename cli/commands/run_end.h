/*
 * run_end.h - after the program has ended: prints the trees, and removes the session or says where
 * it stays.
 */
#ifndef COMMANDS_RUN_END_H
#define COMMANDS_RUN_END_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "saved/kept.h"

struct ends;
struct leaves;
struct options;
struct plans;
struct process_life;
struct session;

struct run_end {
    struct session *session;
    const struct options *options;
    const struct leaves *leaves;
    struct plans *plans;
    FILE *out;                       /* NULL: the report cannot be written anywhere */
    struct kept_place kept;          /* of the run as it was so far, which the whole one replaces */
    const struct process_life *life; /* of the program */
    struct ends *ends;               /* as in struct launch_result */
    sigset_t told;                   /* as in struct launch_result */
    uint64_t told_ns;
};

/* Waits for the other processes of the run, until one of the signals that end a program (which is
 * noted in *end), or until `due_ns` (CLOCK_MONOTONIC; 0: without a limit). Returns whether the time
 * is up. Signals must be held. */
bool run_end_wait(struct run_end *end, uint64_t due_ns);

/* Sends SIGTERM to the processes of the run. */
void run_end_terminate(const struct run_end *end);

/* Signals must be held; the function releases them. Finishes the session. Keeps it, and says so, if
 * processes of it are still running or if not all of it could be read and printed; a reader that
 * closes its pipe early counts as a complete report. Closes `out`. */
void run_end(const struct run_end *end);

/* Starts to answer requests for plans, and prints a message if that fails. */
void run_end_serve(struct plans *plans);

/* Says that no request is answered; `error` is what plans_listen or plans_serve returned. */
void run_end_say_unserved(int error);

/* Finishes the session, and removes it unless `keep`; prints a message if that fails. */
void run_end_session(struct session *session, bool keep);

#endif
