/*
 * session.h - the directory in which the processes of a run find the tool's files, and leave
 * theirs.
 */
#ifndef SESSION_H
#define SESSION_H

#include <stdbool.h>
#include <stddef.h>

#define SESSION_INTERPOSER "scoped-trace-interposer.so"

struct session {
    char *directory;  /* absolute, mode 0700 */
    char *interposer; /* path of the interposer object in it */
};

/* Makes a session directory under $XDG_RUNTIME_DIR, /dev/shm, $TMPDIR or /tmp, the first
 * that takes it and allows code to be run from it. Returns 0 or -errno; *problem is one line
 * (malloc'ed). */
int session_create(struct session *session, char **problem);

/* Paths of the trace files in the session, sorted by the time at which their processes
 * began; malloc'ed, to be freed by the caller one by one. Returns 0 or -errno. */
int session_traces(const struct session *session, char ***paths, size_t *count);

/* Whether a process that left a trace here is still running, and goes on for some hundredths of a
 * second: many a child is only about to exit when its parent has. */
bool session_is_in_use(const struct session *session);

/* Removes the directory and the files in it, unless `keep`. Frees the strings. */
void session_finish(struct session *session, bool keep);

/* Whether LD_PRELOAD can name this path. */
bool session_can_preload(const char *path);

#endif
