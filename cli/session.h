/*
 * session.h - the directory in which the processes of a run find the tool's files, and leave
 * theirs.
 */
#ifndef SESSION_H
#define SESSION_H

#include <stdbool.h>
#include <stddef.h>

#define SESSION_PREFIX     "scoped-trace-" /* of its name */
#define SESSION_INTERPOSER "scoped-trace-interposer.so"
#define SESSION_NOTES      "run" /* see notes.h */

struct session {
    char *place; /* absolute, mode 0700, 0711 of root: what is removed at the end, and what a user
                    is told */
    char *directory;  /* where the files are: it is in the environment of the processes */
    char *interposer; /* path of the interposer object in it */
};

/* Makes a session directory under $XDG_RUNTIME_DIR, /dev/shm, $TMPDIR or /tmp, the first
 * that takes it and allows code to be run from it. Returns 0 or -errno; *problem is one line
 * (malloc'ed). */
int session_create(struct session *session, char **problem);

/* Opens the one that lies at `path`, to be read. It must be this user's, and nobody else may write
 * there. Returns 0 or -errno; *problem is one line (malloc'ed). */
int session_open(struct session *session, const char *path, char **problem);

/* Calls `visit` with each of this user's sessions in the places where sessions are made; another
 * program may remove it meanwhile. */
void session_each(void (*visit)(void *argument, const struct session *session), void *argument);

/* Paths of the trace files in the session, sorted by the time at which their processes
 * began; malloc'ed, to be freed by the caller one by one. Returns 0 or -errno. */
int session_traces(const struct session *session, char ***paths, size_t *count);

/* A process that has a trace file here. */
struct session_mention {
    int pid;         /* as it was named in its own pid namespace */
    bool has_forked; /* there may be children of it that have none */
};

/* The list is malloc'ed. Returns 0 or -errno. */
int session_mentions(const struct session *session, struct session_mention **list, size_t *count);

/* Removes the files that a report does not need. */
void session_thin(const struct session *session);

/* Removes the directory and the files in it, unless `keep`. Frees the strings. Does nothing to what
 * is all zero. */
void session_finish(struct session *session, bool keep);

/* Whether LD_PRELOAD can name this path. */
bool session_can_preload(const char *path);

#endif
