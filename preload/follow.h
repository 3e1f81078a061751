/*
 * follow.h - whether a program that is executed will be traced as well.
 *
 * It will not where its environment lacks what ours has, where it may not write into the session's
 * directory (another user, another root), or where it has rights of its own (set-user-ID). Nothing
 * is done about that, as the environment is the program's own; but the trace is to say so.
 */
#ifndef FOLLOW_H
#define FOLLOW_H

#include <stdbool.h>

struct hook_call;

/* Notes it in the trace if the call, of the function `name`, executes a program that will not be
 * traced. Returns whether it is one of the functions that execute programs. Reads what the program
 * has passed as far as it can be read. Async-signal-safe, also in a vfork child. */
bool follow_note(const struct hook_call *call, const char *name);

#endif
