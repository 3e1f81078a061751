/*
 * look.h - looks at the processes of a run that are running, without stopping them.
 */
#ifndef COMMANDS_NOW_LOOK_H
#define COMMANDS_NOW_LOOK_H

#include <stddef.h>

#include "commands/now/threads.h"

struct record;
struct session;

/* A process that is looked at. */
struct now_process {
    struct threads threads; /* none: they have other numbers here (pid_namespaces(7)) */
};

/* By snapshot of the record. */
struct now_processes {
    struct now_process *list; /* malloc'ed */
    size_t count;
    int first; /* the id of the process that began first, perhaps a former one; 0: there was none */
};

/* Reads the open calls of all processes of the session that are running into record->saved, which
 * is empty, as snapshot_keep_open leaves them. Processes that end meanwhile are left out. Returns 0
 * or -errno, of a trace that cannot be read after printing the reason; the others are there all the
 * same. Free it with now_processes_finish in any case. */
int now_look(struct now_processes *processes, struct record *record, const struct session *session);
void now_processes_finish(struct now_processes *processes);

#endif
