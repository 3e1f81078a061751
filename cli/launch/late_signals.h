/*
 * late_signals.h - signals that arrive while a trace is to be printed: some were meant for the
 * program, which has ended, and others must end the tool.
 */
#ifndef LAUNCH_LATE_SIGNALS_H
#define LAUNCH_LATE_SIGNALS_H

#include <signal.h>
#include <stdint.h>

struct late_signals {
    const char *place; /* the session's directory, for the message */
    sigset_t told;     /* signals that told the program to end */
    uint64_t told_ns;  /* CLOCK_MONOTONIC of the latest of them; 0: there was none */
    uint64_t end_ns;   /* CLOCK_MONOTONIC when the program ended */
};

/* From this call on, SIGHUP, SIGINT, SIGQUIT, SIGTERM and the signals in `told` have no effect
 * while they may still be meant for the program: for a second after told_ns, and for a moment after
 * the program's end. A pressed key always has its effect, and an ignored signal stays ignored.
 * Later signals end this process as they do by default, after a line that says where the trace
 * is. */
void late_signals_set(const struct late_signals *late);

/* Signals that arrive from this call on wait until late_signals_clear: the trace is being removed.
 */
void late_signals_hold(void);

/* No trace is left to be printed. Signals that may be meant for the program still have no
 * effect. */
void late_signals_clear(void);

#endif
