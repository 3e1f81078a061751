/*
 * trace.h - this process's trace file: whether there is one, and what its header says.
 *
 * A forked child finds at its next hit that it has no trace file, and opens its own
 * (record/attach.h says which thread does so, and what the others do meanwhile). If it cannot, the
 * parent's file stays mapped, and counts the child's losses.
 */
#ifndef TRACE_H
#define TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "trace/segment.h"
#include "trace_format.h"

#define TRACE_EPOCH_NONE UINT32_MAX /* there is no trace file, and there will be none */

/* State that is cleared by a fork. It lies on a page that the kernel wipes in a forked child
 * (MADV_WIPEONFORK, Linux 4.14). So a child, however it was made, learns at its next hit that the
 * mapping is not its own; a vfork child continues with its parent's. */
struct trace_state {
    _Atomic uint32_t epoch; /* of the trace file; 0: to be opened */
};

extern struct trace_state *trace_state;

/* The trace file, or its parent's in a forked child that has none. Its header is NULL if there is
 * none at all. */
extern struct segment trace_segment;

/* The epoch of the trace file; 0: it must be opened. */
static inline uint32_t trace_epoch(void)
{
    /* Pairs with the store in trace_open: a thread that sees the epoch sees the segment. */
    return atomic_load_explicit(&trace_state->epoch, memory_order_acquire);
}

/* Whether `epoch` is the epoch of an open trace file. */
static inline bool trace_is_open(uint32_t epoch)
{
    return __builtin_expect(epoch != 0 && epoch != TRACE_EPOCH_NONE, 1);
}

/* Whether the trace file still has `epoch`: a forked child gets another one. */
static inline bool trace_is_current(uint32_t epoch)
{
    return atomic_load_explicit(&trace_state->epoch, memory_order_relaxed) == epoch;
}

/* Opens this process's trace file in `directory` ("": there is none). Returns its epoch, or
 * TRACE_EPOCH_NONE: then the hits of a forked child are counted as lost in its parent's file. Only
 * one thread at a time may call it, with signals blocked. */
uint32_t trace_open(const char *directory, int32_t pid);

/* A child is forked. A child that hits no leaf has no trace, but the tool must know that it may
 * exist. */
void trace_note_fork(void);

/* The process is about to end in this way, or may be. Does nothing in a child that shares the trace
 * of its parent, and while system calls are forbidden. */
void trace_note_end(enum trace_end end, int status);

/* The same for _exit(2), if the process may ask the kernel: see lifetime_may_ask. */
void trace_note_exit(int status);

/* A program is about to be executed by this process, or (`by_child`) by a child that does not exist
 * yet. This process has another id than a child that shares its memory, as after vfork. If it is
 * this process, the trace says that it may end so. */
void trace_note_executing(bool by_child);

/* Counts that a program is executed that will not be traced; `reason` is one of enum
 * trace_untraced. A forked child that has no trace counts it in its parent's. Returns the counter,
 * or NULL. */
_Atomic uint64_t *trace_note_untraced(const char *path, size_t length, uint32_t reason);

/* Whether there is a trace, and it is this process's own. It is the parent's in a child that shares
 * its memory, as after vfork, or has not opened its own yet. */
bool trace_is_own(void);

/* A leaf could not be hooked at its entry. `has_stub`: its calls from other files are still seen.
 * Only one caller at a time. The trace says so after trace_tell_unhooked. */
void trace_note_unhooked(enum trace_unhooked_why why, bool has_stub, const char *name);

/* Libraries were loaded that could not be hooked: code cannot be written, or the program has
 * forbidden system calls. */
void trace_note_missed_libraries(void);

void trace_tell_unhooked(void);

#endif
