/*
 * lifetimes.h - from when to when the processes of a run ran, and what they took.
 *
 * A process notes itself when it begins and when it is about to end. It cannot note its end if it
 * is killed, or ends by a system call instruction of its own; of the program itself the tool knows
 * it all the same.
 */
#ifndef TRACE_LIFETIMES_H
#define TRACE_LIFETIMES_H

#include <stddef.h>

struct process_life;
struct snapshot;

/* What the tool has seen. */
struct lifetimes_seen {
    const struct process_life *program; /* its pid is 0 if nothing is known */
    const struct process_life *others;  /* that have ended */
    size_t other_count;
};

/* Sets snapshot->usage, and the times of threads that are running, of all snapshots of a run, which
 * are in the order in which the processes began; `is_running` must be set. Looks at the processes
 * that are running. */
void lifetimes_find(
    struct snapshot *const *snapshots, size_t count, const struct lifetimes_seen *seen);

#endif
