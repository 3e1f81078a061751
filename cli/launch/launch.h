/*
 * launch.h - the program's run within a session.
 */
#ifndef LAUNCH_LAUNCH_H
#define LAUNCH_LAUNCH_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct session;

/* From here on signals are held, until launch passes them on to the program, or they are released:
 * none is lost before there is a program, nor ends this process while there is a session to be
 * removed. */
void launch_hold_signals(void);

/* Signals have the effect again that they had before. Does nothing where they are not held. */
void launch_release_signals(void);

struct launch_wish {
    const char *library; /* ours */
    const char *first;   /* a library to be preloaded before it, or NULL */
    const char *path;    /* of the program, with a slash in it */
    char *const *argv;
    bool has_no_times; /* its processes are to take no times */
    unsigned each;     /* different calls of the root that each thread keeps; 0: none */
    int door;
    void (*knocked)(void *argument); /* called once, when `door` is readable; NULL: it never is */
    void *argument;
};

struct launch_result {
    bool is_started; /* the program was executed */
    int error;       /* errno of exec, when it was not */
    int status;      /* as of waitpid(2), when it was */
    int pid;
    sigset_t told;    /* signals by which others have told it to end, or it died of */
    uint64_t told_ns; /* CLOCK_MONOTONIC of the latest one; 0: there was none */
};

/* Runs the program as execvp(3) does, the library and the interposer preloaded before what
 * LD_PRELOAD holds already (in a run within a run, instead of the outer one's), and waits for it.
 * Signals, which must be held, go to the program when they are sent to this process; those that the
 * terminal sends to both are left to it. When the program stops, so does this process if it is the
 * terminal's foreground job. Returns 0, or -errno when there is no such library or it could not
 * fork; signals are still held then. */
int launch(
    struct launch_result *result, const struct session *session, const struct launch_wish *wish);

/* Leaves with the status of the program: its exit code, or its death signal, with the flag of a
 * core where it can be had (core_flag.h). */
_Noreturn void launch_leave_as(int status);

#endif
