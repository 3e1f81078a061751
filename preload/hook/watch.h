/*
 * watch.h - calls by which the program changes what the library depends on.
 *
 * These are hooked whether or not they are leaves: what unloads libraries, loads them, forbids
 * system calls, sets limits, gives up rights, executes programs, or makes threads that share more
 * than threads do. All is noted before the call is made, which may be the last moment at which it
 * can be. Async-signal-safe.
 */
#ifndef WATCH_H
#define WATCH_H

struct call_frame;

/* A function whose hook has one of HOOK_WATCHED is called, or has returned. */
void watch_call(struct call_frame *call);

/* What was unloaded is gone when the call returns, not before. */
void watch_return(struct call_frame *call);

#endif
