/*
 * which_run.h - the run that the user means by "last", a number, a process id, or a path.
 */
#ifndef COMMANDS_WHICH_RUN_H
#define COMMANDS_WHICH_RUN_H

#include <stdbool.h>

struct session;

struct which_run {
    char *path;      /* of a session's directory, or of a saved file */
    bool is_session; /* a directory */
    bool is_kept;    /* a file in the user's cache */
};

/* "last" is the newest kept run. A number is that of a kept run; or the process id of the tool or
 * of a process in a session, first in those that are running; or the process id of a kept run's
 * program. Everything else is a path. Returns 0, or -errno with *problem, one line (malloc'ed):
 * also if several runs are meant. */
int which_run_find(struct which_run *run, const char *which, char **problem);
void which_run_finish(struct which_run *run);

/* Returns whether the session is of the tool with this process id, or has a process with it. */
bool which_run_has(const struct session *session, int pid);

/* Says why the notes in a session could not be read. Returns `error`, with *problem. */
int which_run_explain(const char *place, int error, char **problem);

#endif
