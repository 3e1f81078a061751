/*
 * guard.h - signals that come while there is a trace to be printed: those that were meant for the
 * program, which has ended, and those that are to end the tool.
 */
#ifndef LAUNCH_GUARD_H
#define LAUNCH_GUARD_H

#include <signal.h>
#include <stdint.h>

struct guard {
    const char *place; /* of the trace */
    sigset_t told;     /* signals by which the program was told to end */
    uint64_t told_ns;  /* CLOCK_MONOTONIC of the latest one; 0: there was none */
    uint64_t end_ns;   /* when the program ended */
};

/* From here on SIGHUP, SIGINT, SIGQUIT and SIGTERM, where they are not ignored, and what is in
 * `told`, do nothing while they belong to what the program was told: for a second after told_ns,
 * and for a moment after its end, unless they are keys that somebody presses. After that they end
 * this process as they do anyway, after a line that says where the trace is. */
void guard_set(const struct guard *guard);

/* What comes from here on waits until guard_clear: the trace is being removed. */
void guard_hold(void);

/* There is no trace to be printed any more. What belongs to what the program was told goes on to do
 * nothing. */
void guard_clear(void);

#endif
