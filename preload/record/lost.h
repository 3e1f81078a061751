/*
 * lost.h - open calls of leaves that could not be recorded.
 */
#ifndef LOST_H
#define LOST_H

#include <stdbool.h>

#include "code/call_frame.h"

/* The call could not be recorded. Returns whether it is another hit: not where a leaf that nobody
 * has asked for by name was called by the body of one whose call was lost, too, as it is how that
 * works, and no tree would show it. Async-signal-safe. */
bool lost_note(struct call_frame *call);

/* A call that was not recorded has ended. */
void lost_leave(const struct call_frame *call);

#endif
