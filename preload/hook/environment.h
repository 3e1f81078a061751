/*
 * environment.h - the environment that a program is executed with, as far as it is ours.
 *
 * What the program passes may be anything: it is read only as far as it can be read.
 */
#ifndef ENVIRONMENT_H
#define ENVIRONMENT_H

#include <stdbool.h>

#include "code/call_frame.h"

/* What there is in an environment. */
struct environment {
    bool has_library; /* LD_PRELOAD names the library */
    bool has_session;
};

struct environment environment_look(char **variables);

/* A copy of the array without what the launcher has put there: the two files in LD_PRELOAD, and the
 * variables of trace_format.h. What else LD_PRELOAD names stays, in its order; where there is
 * nothing else, the variable goes. NULL where there is no memory, or something cannot be read.
 *
 * The memory is the library's own, for as long as `call`, which executes the program, lasts: until
 * environment_release, or until the program is executed. That may be in a vfork child, which shares
 * its memory, and where nobody could free it: so it is used again by the same thread's next call.
 * Async-signal-safe, as is the other. */
char **environment_without(struct call_frame *call, char **variables, const char *interposer);
void environment_release(struct call_frame *call);

#endif
