/*
 * watched_call.h - calls by which the program changes what the library depends on.
 *
 * They are hooked also if they are not leaves: functions that unload libraries, load them, forbid
 * system calls, set limits, give up rights, execute programs, or make threads that share more than
 * threads do. All is noted before the call is made, because later it may be impossible.
 * Async-signal-safe.
 */
#ifndef WATCHED_CALL_H
#define WATCHED_CALL_H

struct call_frame;

/* Called before a function whose hook has one of HOOK_WATCHED is called. */
void watched_call_enter(struct call_frame *call);

/* Called when it has returned: only then is unloaded code gone. */
void watched_call_leave(struct call_frame *call);

#endif
