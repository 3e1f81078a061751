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

#include "hook_record.h"

struct hook_call;

/* Flags of a hook for whose calls these are there. */
#define WATCHED                                                                                    \
    (HOOK_UNLOADS | HOOK_RESTRICTS | HOOK_LOADS | HOOK_SHARES | HOOK_EXECUTES | HOOK_HANDLES)

void watch_call(struct hook_call *call);

/* What was unloaded is gone when the call returns, not before. */
void watch_return(struct hook_call *call);

#endif
