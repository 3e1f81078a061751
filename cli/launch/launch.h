/*
 * launch.h - runs the program within a session.
 */
#ifndef LAUNCH_LAUNCH_H
#define LAUNCH_LAUNCH_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/process_time.h"

struct ends;
struct session;

struct launch_wish {
    const char *library; /* path of libscoped-trace.so */
    const char *first;   /* a library to be preloaded before `library`, or NULL */
    const char *path;    /* path of the program, with a slash in it */
    char *const *argv;
    bool has_no_times;   /* its processes take no times */
    bool has_no_objects; /* they do not record what calls wait for */
    unsigned each;       /* how many different calls of the root each thread keeps; 0: none */
    bool is_innermost;   /* a call of the root within another one is one of its own */
    /* The argument of the root by which calls are told apart, as in SESSION_BY_ENV. */
    struct {
        unsigned number, bytes, form;
    } by;
    int requests;                       /* a descriptor; when it is readable ... */
    void (*on_request)(void *argument); /* ... this is called, once; NULL: it is not used */
    void *argument;
    int passed_on;   /* a descriptor from which signals come, too, as in attend.h; or -1 */
    uint64_t for_ns; /* when the program has run for so long ...; 0: until it ends */
    /* ... this is called, once, and the tool leaves its terminal and its process group, and goes on
     * alone: signals that are sent to it have their usual effect. NULL: the program gets SIGTERM.
     */
    void (*on_leave)(void *argument);
    void *leave_argument;
};

struct launch_result {
    int error;  /* -errno of exec if the program was not executed, else 0 */
    int status; /* as from waitpid(2), if it was */
    int pid;
    bool is_left;             /* wish->on_leave was called */
    struct process_life life; /* of the program */
    struct ends *ends;        /* for ends_finish; NULL: the program was not executed */
    sigset_t told;            /* signals by which others told it to end, or by which it died */
    uint64_t told_ns;         /* CLOCK_MONOTONIC of the latest of them; 0: there was none */
};

/* Runs the program as execvp(3) does and waits for it. The library and the interposer are preloaded
 * before the entries of LD_PRELOAD; in a run within a run they replace those of the outer run.
 * Signals must be held (signals.h); those that are sent to this process are passed on to the
 * program, except those that the terminal sends to both. If the program stops, this process stops,
 * too, if it is the terminal's foreground job. Returns 0, or -errno if there is no such library or
 * vfork failed; signals are still held then. */
int launch(
    struct launch_result *result, const struct session *session, const struct launch_wish *wish);

/* Takes this process out of its process group, and away from its terminal and its standard streams.
 */
void launch_leave_terminal(void);

/* Exits with the program's status: its exit code, or its death signal, with the core dump flag
 * where possible (core_flag.h). */
_Noreturn void launch_leave_as(int status);

#endif
