/*
 * untraced.h - counts programs that are executed and not traced.
 */
#ifndef UNTRACED_H
#define UNTRACED_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "trace/segment.h"

/* Counts one in the trace, also in that of a parent, which a forked child still has mapped: several
 * processes may do so. Returns the counter, from which it can be taken away again if it was not
 * executed after all. Async-signal-safe. */
_Atomic uint64_t *untraced_count(
    struct segment *segment, const char *path, size_t length, uint32_t reason);

#endif
