/*
 * lock_state.h - which calls of a lock have to wait.
 *
 * Most calls find their lock free, and are no hits if only waits are wanted (HOOK_ONLY_WAITS): the
 * words of the lock are looked at before the call. Another thread may take or release the lock in
 * between, so a short wait may be missed, and a hit may not have waited.
 */
#ifndef LOCK_STATE_H
#define LOCK_STATE_H

#include <stdbool.h>

#include "code/call_frame.h"

/* Finds out where glibc keeps the id of a thread. */
void lock_state_begin(void);

/* Whether a call of a function with HOOK_ONLY_WAITS finds its lock taken, and not by its own thread
 * in a way that lets it go on. Async-signal-safe. */
bool lock_state_must_wait(const struct call_frame *call);

#endif
