/*
 * own_modules.h - the tool's own files in a traced program, which no tree shows.
 */
#ifndef TRACE_OWN_MODULES_H
#define TRACE_OWN_MODULES_H

#include <stdbool.h>
#include <string.h>

#include "session_names.h"

/* Returns whether a file of this base name is the library or an interposer. */
static inline bool module_is_ours(const char *base)
{
    return strcmp(base, LIBRARY_NAME) == 0 || strcmp(base, SESSION_INTERPOSER) == 0;
}

#endif
