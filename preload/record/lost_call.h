/*
 * lost_call.h - open calls of leaves that could not be recorded.
 */
#ifndef LOST_CALL_H
#define LOST_CALL_H

#include <stdbool.h>

#include "code/call_frame.h"

/* The call could not be recorded. Returns whether it is another hit. It is not if the user has not
 * named its leaf, and it was called by the body of a leaf whose call was lost, too: that leaf only
 * uses it, and no tree would show it. Async-signal-safe. */
bool lost_call_note(struct call_frame *call);

/* A call that was not recorded has ended. */
void lost_call_leave(const struct call_frame *call);

#endif
