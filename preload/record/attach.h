/*
 * attach.h - opens the trace file when it is first needed: by whoever brings the library in, or by
 * the first hit, of another library's constructor or in a forked child.
 */
#ifndef ATTACH_H
#define ATTACH_H

#include <stdbool.h>
#include <stdint.h>

#include "trace/trace.h"

/* The program has rights of its own (ld.so(8), secure-execution mode): there is no session for it.
 */
void attach_refuse(void);

/* The memory of hits that is being set aside is not to be used again by a forked child. */
void attach_keep_memory(bool is_kept);

/* See attach_epoch. */
uint32_t attach_now(void);

/* Opens the trace file on first use and returns its epoch. TRACE_EPOCH_NONE: this process has no
 * trace. 0: another thread is still opening it; the hit has been counted as lost.
 * Async-signal-safe.
 */
static inline uint32_t attach_epoch(void)
{
    uint32_t epoch = trace_epoch();
    return __builtin_expect(epoch == 0, 0) ? attach_now() : epoch;
}

#endif
