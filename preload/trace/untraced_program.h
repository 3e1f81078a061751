/*
 * untraced_program.h - counts programs that are executed and not traced.
 */
#ifndef UNTRACED_PROGRAM_H
#define UNTRACED_PROGRAM_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "trace/segment.h"

/* Counts a program in the trace, also in the parent's trace that a forked child still has mapped:
 * several processes may do so at once. Returns the counter; the caller subtracts from it if the
 * program was not executed after all. Async-signal-safe. */
_Atomic uint64_t *untraced_program_count(
    struct segment *segment, const char *path, size_t length, uint32_t reason);

#endif
