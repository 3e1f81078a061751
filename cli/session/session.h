/*
 * session.h - the directory in which the processes of a run find the tool's files, and leave their
 * own files.
 *
 * Only its owner can enter it (mode 0700). But programs of root may become other users, whose
 * traces are wanted, too. So root's directory holds another one for the files: its name has 132
 * random bits and is known only to the processes of the run, and such users may add files to it
 * (01733).
 */
#ifndef SESSION_SESSION_H
#define SESSION_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SESSION_PREFIX "scoped-trace-" /* the beginning of its name */
#define SESSION_NOTES  "run"           /* see notes.h */

struct session {
    char *place;       /* absolute path: this is removed at the end, and shown to the user */
    char *directory;   /* where the files are: `place`, or the directory within it */
    char *interposer;  /* path of the interposer in `directory` */
    bool is_shared;    /* with other users; only root's, see above */
    uint64_t begun_ns; /* CLOCK_BOOTTIME when it was made; 0: it was opened */
};

/* Makes a session directory under $XDG_RUNTIME_DIR, /dev/shm, $TMPDIR or /tmp: the first that has
 * room, allows code to be run from it, and in which nobody can replace the session by another
 * directory. For that, it and all directories above belong to this user or to root, and are sticky
 * if others may write there. For root, a directory that others can reach is preferred. Returns 0 or
 * -errno; *problem is one line (malloc'ed). */
int session_create(struct session *session, char **problem);

/* Lets other users read this user's file if the session is shared. Returns 0 or -errno. */
int session_share(const struct session *session, const char *path);

/* Returns whether others can read this file, according to its mode and all directories above it. */
bool session_can_be_reached(const char *path);

/* Tells whether the directory still exists, with the files that the run's processes need: somebody
 * may have removed them. Not for a session after session_thin. */
enum session_state { SESSION_WHOLE, SESSION_WITHOUT_FILES, SESSION_GONE };
enum session_state session_look(const struct session *session);

/* Puts the file into the session under this name: as a link, or as a copy if the session is shared.
 * *to is its path there (malloc'ed). Returns 0 or -errno; 0 also if it was there already. */
int session_put(const struct session *session, const char *path, const char *name, char **to);

/* Opens the session at `path` for reading. It must belong to this user, and nobody else may have
 * write access. Returns 0 or -errno; *problem is one line (malloc'ed). */
int session_open(struct session *session, const char *path, char **problem);

/* Calls `visit` with each session of this user in the places where sessions are made. Another
 * program may remove the session meanwhile. */
void session_each(void (*visit)(void *argument, const struct session *session), void *argument);

/* A trace file in the session. */
struct session_trace {
    char *path;
    int pid;           /* of its process, in the pid namespace of that process */
    bool has_forked;   /* the process may have children without a trace */
    uint64_t start_ns; /* CLOCK_REALTIME when the process began; UINT64_MAX: not written yet */
};

struct session_traces {
    struct session_trace *list; /* sorted by the start of their processes */
    size_t count, room;
};

/* Returns whether a file of this name in the session is a trace. */
bool session_is_trace(const char *name);

/* Lists the traces of the session. Returns 0 or -errno. */
int session_traces(const struct session *session, struct session_traces *traces);
void session_traces_finish(struct session_traces *traces);

/* Removes the files that a report does not need. */
void session_thin(const struct session *session);

/* Removes the directory and the files in it. Returns 0 or -errno. */
int session_remove(const struct session *session);

/* Frees the strings and, unless `keep`, removes the session; ignores errors. Does nothing to a
 * zeroed object. */
void session_finish(struct session *session, bool keep);

/* Returns whether LD_PRELOAD can name this path. */
bool session_can_preload(const char *path);

#endif
