/*
 * lock_state.h - which calls of a lock have to wait, and which ones let others go.
 *
 * Most calls find their lock free, and are no hits if only waits are wanted (HOOK_ONLY_WAITS): the
 * words of the lock are looked at before the call. Another thread may take or release the lock in
 * between, so a short wait may be missed, and a hit may not have waited.
 */
#ifndef LOCK_STATE_H
#define LOCK_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "code/call_frame.h"

/* Finds out where glibc keeps the id of a thread. */
void lock_state_begin(void);

/* Whether a call of a function with HOOK_ONLY_WAITS finds its lock taken, and not by its own thread
 * in a way that lets it go on. Async-signal-safe. */
bool lock_state_must_wait(const struct call_frame *call);

/* Whether somebody may be waiting for the lock that a call of a function with HOOK_WAKES gives
 * back. Of a condition or a futex it is not known; the answer is true. Async-signal-safe. */
bool lock_state_has_waiters(const struct call_frame *call);

/* Whether an operation of futex(2) waits; others wake. */
bool lock_state_futex_waits(uint64_t operation);

/* The thread that holds the lock `object` (enum hook_object) at this address, by its id; 0: none,
 * several, or not known. The lock must be readable. Async-signal-safe. */
int32_t lock_state_holder(uint32_t object, uint64_t address);

#endif
