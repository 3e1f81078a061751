/*
 * environment.h - our part of the environment that a program is executed with.
 *
 * The program may pass anything: it is read only as far as it is readable.
 */
#ifndef ENVIRONMENT_H
#define ENVIRONMENT_H

#include <stdbool.h>

#include "code/call_frame.h"

/* What an environment contains. */
struct environment {
    bool has_library; /* LD_PRELOAD names the library */
    bool has_session;
};

struct environment environment_look(char **variables);

/* Returns a copy of the array without what the launcher has put there: the two files in LD_PRELOAD,
 * and the variables of session_names.h. Other files in LD_PRELOAD stay, in their order; if there
 * are none, the variable is left out. NULL: there is no memory, or something cannot be read.
 *
 * The memory belongs to `call`, which executes the program, until environment_release, or until the
 * program is executed. The latter may happen in a vfork child, which shares its parent's memory,
 * and after which nobody could free the copy. So the next call of the same thread uses the memory
 * again. Async-signal-safe, as the other function is. */
char **environment_without(struct call_frame *call, char **variables, const char *interposer);
void environment_release(struct call_frame *call);

#endif
