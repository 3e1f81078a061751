/*
 * trace.h - this process's trace file: when there is one, and what is noted in its header.
 *
 * A forked child finds at its next hit that it has no trace file, and opens its own
 * (record/attach.h says who, and who waits meanwhile). Where it cannot, the parent's stays mapped,
 * and counts what is lost.
 */
#ifndef TRACE_H
#define TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "trace/segment.h"
#include "trace_format.h"

#define TRACE_EPOCH_NONE UINT32_MAX /* there is no trace file, and there will be none */

/* What a fork ends. It lies on a page that the kernel wipes in a forked child
 * (MADV_WIPEONFORK, Linux 4.14), so the child learns at its next hit, however it came
 * to be, that the mapping is not its own; a vfork child goes on with its parent's. */
struct trace_state {
    _Atomic uint32_t epoch; /* of the trace file; 0: to be opened */
};

extern struct trace_state *trace_state;

/* The trace file, or, in a forked child that has none, its parent's. Its header is NULL where there
 * is none at all. */
extern struct segment trace_segment;

/* The epoch of the trace file; 0: it is to be opened. */
static inline uint32_t trace_epoch(void)
{
    /* Pairs with the store in trace_open: whoever sees the epoch sees the segment. */
    return atomic_load_explicit(&trace_state->epoch, memory_order_acquire);
}

/* Whether the epoch is that of an open trace file. */
static inline bool trace_is_open(uint32_t epoch)
{
    return __builtin_expect(epoch != 0 && epoch != TRACE_EPOCH_NONE, 1);
}

/* Whether the trace file is still that of `epoch`: a forked child gets its own. */
static inline bool trace_is_current(uint32_t epoch)
{
    return atomic_load_explicit(&trace_state->epoch, memory_order_relaxed) == epoch;
}

/* Opens this process's trace file in `directory` (""; there is none). Returns its epoch, or
 * TRACE_EPOCH_NONE; a forked child that cannot open one leaves its hits in its parent's file, as a
 * count of what is lost. Called by one thread at a time, with signals blocked. */
uint32_t trace_open(const char *directory, int32_t pid);

/* A child is forked: one that hits no leaf leaves no trace, but the tool must know that it may be
 * there. */
void trace_note_fork(void);

/* A program is about to be executed: by this process, or (`by_child`) by one that is yet to be
 * made. A child that shares this memory, as of vfork, is told from this process by its id. */
void trace_note_executing(bool by_child);

/* Counts, in a forked child that has no trace in its parent's, that a program is executed which
 * will not be traced, for one of enum trace_untraced. Returns the counter, or NULL. */
_Atomic uint64_t *trace_note_untraced(const char *path, size_t length, uint32_t reason);

/* Whether there is a trace, and it is of this process: not of the parent of a child that shares its
 * memory, as of vfork, or that has not opened one yet. */
bool trace_is_own(void);

/* A leaf that was to be hooked at its entry is not. `has_stub`: its calls from other files are seen
 * all the same. For one caller at a time; the trace says so from trace_tell_unhooked on. */
void trace_note_unhooked(enum trace_unhooked_why why, bool has_stub, const char *name);

/* Libraries were loaded that could not be hooked: code may not be written, or the program has
 * forbidden system calls. */
void trace_note_missed_libraries(void);

void trace_tell_unhooked(void);

#endif
