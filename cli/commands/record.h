/*
 * record.h - what the processes of a run have recorded, as it is printed and saved.
 *
 * It comes from the session of a run, or from a saved file.
 */
#ifndef COMMANDS_RECORD_H
#define COMMANDS_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/utsname.h>

#include "saved/saved.h"

struct kept_place;
struct leaves;
struct options;
struct plans;
struct process_life;
struct processes;
struct session;

/* What is known of the run besides its traces. */
struct session_view {
    const struct session *session;
    const struct options *options; /* the run's */
    const struct leaves *leaves;
    const struct plans
        *plans; /* of the session's files; NULL if no leaf was named on the command line */
    const struct processes *running;
    int tool;                        /* process id of the tool that made the run */
    const struct process_life *life; /* of the program; all 0: it is running, or nothing is known */
    const struct process_life *others; /* that have ended, as far as this was seen */
    size_t other_count;
};

struct record {
    struct saved saved;
    const struct leaves *leaves; /* of the session; NULL: it is from a saved file */
    /* What a session's record owns besides saved.snapshots and saved.symbols. */
    struct saved_unhit *unhit;
    struct saved_running *running;
    const char **implied;
    struct utsname machine;
};

/* Reads all traces of the session, so that they show nearly the same moment if processes are still
 * running. `view` and what it points to must outlive the record. Returns 0, or the first -errno of
 * a trace that could not be read, after printing the reason; the other traces are in the record all
 * the same. Free it with record_finish in any case. */
int record_read(struct record *record, const struct session_view *view);

/* Reads a saved file. Returns 0, or -errno with *problem, one line (malloc'ed). */
int record_open(struct record *record, const char *path, char **problem);

void record_finish(struct record *record);

/* As is_implied in tree/tree.h, of a struct record. */
bool record_is_implied(const void *record, const char *leaf);

/* Saves the run under this name, with all names. Returns 0, or -errno after printing a message. */
int record_save(struct record *record, const char *path, bool redacts);

/* Writes the saved file to `fd`, with all names. Returns 0, or -errno after printing a message. */
int record_write(struct record *record, int fd);

/* Keeps the run in the user's cache, with the names that the report has looked up. Says so if it is
 * too large for that, or cannot be written; where there is no cache, nothing is kept, and nothing
 * said.
 * Returns whether it is kept; *place as for kept_add. */
bool record_keep(struct record *record, struct kept_place *place);

#endif
