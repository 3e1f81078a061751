/*
 * decoy.h - tells whether a signal was sent to this process alone or to its whole process group.
 *
 * The signal itself does not say so (sigaction(2)). The decoy is a process of the group that only
 * counts its signals: it gets those that are sent to the group, and not those that are sent to this
 * process alone. It shares this process's memory, so it costs some ten microseconds, and it dies
 * with this process.
 */
#ifndef LAUNCH_DECOY_H
#define LAUNCH_DECOY_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct decoy {
    pid_t pid; /* 0: there is none */
    pid_t parent;
    _Atomic uint32_t counts[_NSIG]; /* signals that the decoy has got; it writes this */
    uint32_t looked[_NSIG];         /* the counts when decoy_look was called last */
    uint32_t answered[_NSIG];       /* the counts for which decoy_was_hit has answered */
};

/* Signals that arrived before cannot be told apart; if this fails, no signal can. Only one decoy
 * may exist at a time. *decoy must not be moved until decoy_stop. */
void decoy_start(struct decoy *decoy);

/* Must be called when signals are pending, with all of them blocked, before one of them is
 * taken. */
void decoy_look(struct decoy *decoy);

/* Returns whether the signal, which this process has taken since then, was sent to the group. Must
 * be called once for each signal that may have been sent to the group, including those of the
 * terminal. */
bool decoy_was_hit(struct decoy *decoy, int signal);

void decoy_stop(struct decoy *decoy);

#endif
