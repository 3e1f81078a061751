/*
 * decoy.h - tells whether a signal was sent to this process alone or to its whole process group.
 *
 * Nothing in a signal says so (sigaction(2)), but a process of the group that only counts its
 * signals gets the one, and not the other. It shares this process's memory, so it costs some ten
 * microseconds, and dies with it.
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
    _Atomic uint32_t counts[_NSIG]; /* what it has got; written by the decoy */
    uint32_t looked[_NSIG];         /* of those, what decoy_look has seen */
    uint32_t answered[_NSIG];       /* and for how many decoy_was_hit has answered */
};

/* Signals that come before cannot be told apart, nor any where this fails. One at a time; it is
 * not moved until decoy_stop. */
void decoy_start(struct decoy *decoy);

/* To be called when signals are pending, all of which are blocked, and before one is taken. */
void decoy_look(struct decoy *decoy);

/* Whether the signal, which this process has taken since, was sent to the group. To be asked of
 * each one that may have been, the terminal's, too, once. */
bool decoy_was_hit(struct decoy *decoy, int signal);

void decoy_stop(struct decoy *decoy);

#endif
