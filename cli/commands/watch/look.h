/*
 * look.h - looks at a run that goes on, again and again: what has happened since the look before.
 */
#ifndef COMMANDS_WATCH_LOOK_H
#define COMMANDS_WATCH_LOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "commands/now/live.h"
#include "commands/record.h"

struct snapshot;

/* What is said then, with the place of the session. */
#define WATCH_ENDED                                                                                \
    "all processes of the run in '%s' have ended; scoped-trace report shows which runs are kept"

/* A trace of the run. */
struct watched_trace {
    char *path;
    struct snapshot *snapshot; /* of the latest look; NULL: it was not read */
    struct snapshot *former;   /* of the look before */
    bool is_final;             /* its process has ended, and it was read after that */
};

struct watch {
    struct live_run live;
    struct watched_trace *traces; /* malloc'ed */
    size_t count, room;
    uint64_t at_ns; /* of the latest look: CLOCK_MONOTONIC; 0: there was none */
};

/* Finds the run, as now_find_run does, and reads what is known of it. Returns 0, or -errno with
 * *problem, one line (malloc'ed). Close a zeroed object in any case. */
int watch_open(struct watch *watch, const char *which, char **problem);
void watch_close(struct watch *watch);

/* Looks at all processes. *period gets what they have done since the look before, or at the first
 * time nothing; it is valid until the next look, and finished with watch_forget in any case.
 * Returns 0; -ESRCH: no process is running any more, *period is what was still done, unless its
 * traces were removed; or another -errno, of a trace that could not be read after printing the
 * reason. */
int watch_look(struct watch *watch, struct record *period);
void watch_forget(struct record *period);

#endif
