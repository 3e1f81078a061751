/*
 * attend.h - attends to a child until it ends: passes signals on to it, and stops when it stops.
 */
#ifndef LAUNCH_ATTEND_H
#define LAUNCH_ATTEND_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct ends;

struct attend {
    pid_t pid;
    sigset_t early;    /* signals that have arrived before; the child gets them */
    struct ends *ends; /* of other processes; NULL: they are not watched */
    /* Each is called once, unless it is NULL, and returns whether to go on attending. */
    bool (*on_readable)(void *argument); /* `descriptor` is readable */
    bool (*on_due)(void *argument);      /* it is `due_ns`, and the child is not stopped */
    int descriptor;
    uint64_t due_ns; /* CLOCK_MONOTONIC */
    void *readable_argument, *due_argument;

    sigset_t told;     /* out: signals by which others told it to end */
    uint64_t told_ns;  /* out: CLOCK_MONOTONIC of the latest of them; 0: there was none */
    uint64_t ended_ns; /* out: CLOCK_MONOTONIC */

    bool is_stopped;
};

/* Signals that are sent to this process are passed on, except those that the terminal sends to
 * both. If the child stops, this process stops, too, if it is the terminal's foreground job.
 * Signals must be held. Returns true if the child has ended; it is not reaped. Returns false if a
 * function did not want to go on. Signals are still held then. */
bool attend(struct attend *attend);

/* Waits until the child has ended, but passes no signals on: they have their usual effect. */
void attend_alone(struct attend *attend);

/* Sends the child a signal that tells it to end. */
void attend_tell(struct attend *attend, int signal);

/* Notes that the child was told to end by this signal, if it is one that does so. */
void attend_note_told(struct attend *attend, int signal);

/* Takes all signals that have arrived. To be called before the child is made: from then on it may
 * get them itself. */
void attend_take_early(struct attend *attend);

#endif
