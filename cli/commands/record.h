/*
 * record.h - what the processes of a session have recorded.
 */
#ifndef COMMANDS_RECORD_H
#define COMMANDS_RECORD_H

#include <stdbool.h>
#include <stddef.h>

struct session;
struct session_view;
struct snapshot;

struct record {
    struct snapshot **snapshots; /* in the order in which the processes began */
    size_t count;
    size_t untraced; /* processes that could not make a trace file */
};

/* Reads all trace files. Returns 0, or the first -errno of a file that could not be read, after
 * printing the reason; the other traces are in the record all the same. */
int record_read(struct record *record, const struct session *session);

/* Notes what is known of each process from the others. A process that is still running has not
 * ended, and the end time of the program itself is known. The others, and images that were replaced
 * by exec, ended at an unknown earlier time. */
void record_place_in_run(struct record *record, const struct session_view *view);

bool record_has_trees(const struct record *record);
bool record_has_process(const struct record *record, int pid);
void record_finish(struct record *record);

#endif
