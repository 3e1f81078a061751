/*
 * session.h - the directory in which the processes of a run find the tool's files, and leave
 * theirs.
 *
 * Nobody else can enter it (mode 0700). But root's programs become other users, who are to leave
 * traces as well: so root's has one within it, whose name of 132 random bits only processes of the
 * run know, and which such users may add files to (01733).
 */
#ifndef SESSION_SESSION_H
#define SESSION_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SESSION_PREFIX     "scoped-trace-" /* of its name */
#define SESSION_NOTES      "run" /* see notes.h */

struct session {
    char *place;       /* absolute: what is removed at the end, and what a user is told */
    char *directory;   /* where the files are: `place`, or the one in it */
    char *interposer;  /* path of the interposer object there */
    bool is_shared;    /* with other users: root's, see above */
    uint64_t begun_ns; /* CLOCK_BOOTTIME when it was made; 0: it was opened */
};

/* Makes a session directory under $XDG_RUNTIME_DIR, /dev/shm, $TMPDIR or /tmp, the first
 * that takes it, allows code to be run from it, and that nobody could exchange for another: it and
 * all above it belong to this user or to root, and are sticky where others may write. For root, one
 * that others can reach is preferred. Returns 0 or -errno; *problem is one line
 * (malloc'ed). */
int session_create(struct session *session, char **problem);

/* Lets other users read the file of this user in a session that is shared. Returns 0 or -errno. */
int session_share(const struct session *session, const char *path);

/* Whether others can read this file: its own mode, and all directories above. */
bool session_can_be_reached(const char *path);

/* Whether the directory is gone, or the files that the processes of the run need there are:
 * somebody has tidied up. Not for one that session_thin was called for. */
enum session_state { SESSION_WHOLE, SESSION_WITHOUT_FILES, SESSION_GONE };
enum session_state session_look(const struct session *session);

/* Puts the file into the session under this name: a link to it, or where the session is shared a
 * copy. *to is its path there (malloc'ed). Returns 0 or -errno; 0 where it was there already. */
int session_put(const struct session *session, const char *path, const char *name, char **to);

/* Opens the one that lies at `path`, to be read. It must be this user's, and nobody else may write
 * there. Returns 0 or -errno; *problem is one line (malloc'ed). */
int session_open(struct session *session, const char *path, char **problem);

/* Calls `visit` with each of this user's sessions in the places where sessions are made; another
 * program may remove it meanwhile. */
void session_each(void (*visit)(void *argument, const struct session *session), void *argument);

/* A trace file in the session. */
struct session_trace {
    char *path;
    int pid;           /* of its process, as it was named in its own pid namespace */
    bool has_forked;   /* there may be children of it that have none */
    uint64_t start_ns; /* when the process began, CLOCK_REALTIME; UINT64_MAX: it is not said yet */
};

struct session_traces {
    struct session_trace *list; /* sorted by the start of their processes */
    size_t count;
};

/* Whether a file of this name in the session is a trace. */
bool session_is_trace(const char *name);

/* Returns 0 or -errno. */
int session_traces(const struct session *session, struct session_traces *traces);
void session_traces_finish(struct session_traces *traces);

/* Removes the files that a report does not need. */
void session_thin(const struct session *session);

/* Removes the directory and the files in it. Returns 0 or -errno. */
int session_remove(const struct session *session);

/* Removes it as far as that can be done, unless `keep`. Frees the strings. Does nothing to what is
 * all zero. */
void session_finish(struct session *session, bool keep);

/* Whether LD_PRELOAD can name this path. */
bool session_can_preload(const char *path);

#endif
