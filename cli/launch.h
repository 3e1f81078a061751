/*
 * launch.h - the session directory, and the program's run within it.
 */
#ifndef LAUNCH_H
#define LAUNCH_H

#include <stdbool.h>
#include <stddef.h>

struct session {
    char *directory;   /* absolute, mode 0700 */
    char *interposer;  /* path of the interposer object in it */
    bool has_no_times; /* its processes are to take no times */
    unsigned each;     /* different calls of the root that each thread keeps; 0: none */
    const char *first; /* a library to be preloaded before ours, or NULL; not owned */
};

/* Makes a session directory under $XDG_RUNTIME_DIR, /dev/shm, $TMPDIR or /tmp, the first
 * that takes it and allows code to be run from it. From here on signals are held, until launch
 * passes them on or session_finish lets them act: nothing is left behind. Returns 0 or -errno;
 * *problem is one line (malloc'ed). */
int session_create(struct session *session, char **problem);

/* Paths of the trace files in the session, sorted by the time at which their processes
 * began; malloc'ed, to be freed by the caller one by one. Returns 0 or -errno. */
int session_traces(const struct session *session, char ***paths, size_t *count);

/* Whether a process that left a trace here is still running, and goes on for some hundredths of a
 * second: many a child is only about to exit when its parent has. */
bool session_is_in_use(const struct session *session);

/* Removes the directory and the files in it, unless `keep`. Frees the strings. */
void session_finish(struct session *session, bool keep);

struct launch_result {
    bool is_started; /* the program was executed */
    int error;       /* errno of exec, when it was not */
    int status;      /* as of waitpid(2), when it was */
    int pid;
};

/* Runs `path`, which has a slash in it, with argv as execvp(3) does, the library and the
 * interposer preloaded before what LD_PRELOAD holds already (in a run within a run, instead of
 * the outer one's), and waits for it. Signals sent to this process go to the program; those
 * that the terminal sends to both are left to it. When the program stops, so does this process
 * if it is the terminal's foreground job. Returns 0, or -errno when there is no such library or
 * it could not fork. */
int launch(struct launch_result *result, const struct session *session, const char *library,
    const char *path, char *const argv[]);

/* Leaves with the status of the program: its exit code, or its death signal. */
_Noreturn void launch_leave_as(int status);

#endif
