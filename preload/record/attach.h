/*
 * attach.h - opens the trace file when it is first needed: at the start, or by the first hit, which
 * another library's constructor or a forked child can make.
 */
#ifndef ATTACH_H
#define ATTACH_H

#include <stdbool.h>
#include <stdint.h>

#include "trace/trace.h"

/* For a program that has rights of its own (ld.so(8), secure-execution mode): it gets no session.
 */
void attach_refuse(void);

/* While is_kept is true, a forked child must not use again the memory of its parent's hits: it is
 * being prepared for later hits. */
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
