/*
 * run_end.h - when the program has ended: prints the trees, and removes the session or says where
 * it stays.
 */
#ifndef COMMANDS_RUN_END_H
#define COMMANDS_RUN_END_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct leaves;
struct options;
struct plans;
struct session;

struct run_end {
    struct session *session;
    const struct options *options;
    const struct leaves *leaves;
    struct plans *plans;
    FILE *out;       /* NULL: there is no place for the report */
    int program;     /* its process id */
    uint64_t end_ns; /* CLOCK_MONOTONIC when it ended */
    sigset_t told;   /* as in struct launch_result */
    uint64_t told_ns;
};

/* Signals must be held; they are released here. With --wait=all, waits for the other processes
 * first. The session is finished. It is kept, and that is said, where processes of it are still
 * running, or not all could be read and printed; a reader who goes away in the middle has seen what
 * he wanted. Closes `out`. */
void run_end(const struct run_end *end);

/* Answers those who ask for plans, and says it where that cannot be done. */
void run_end_serve(struct plans *plans);

/* What plans_listen or plans_serve has returned: nobody is answered. */
void run_end_say_unserved(int error);

/* Finishes the session, and removes it unless `keep`; says it where that cannot be done. */
void run_end_session(struct session *session, bool keep);

#endif
