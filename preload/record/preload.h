/*
 * preload.h - the library's life in the program.
 */
#ifndef PRELOAD_H
#define PRELOAD_H

#include <stdbool.h>
#include <stdint.h>

#include "hook/hook.h"
#include "walk/stack.h"

/* Records a hit of the leaf shown as `name`: finds its node and fills in call->node and
 * call->epoch (NULL when it cannot be recorded, which is counted). Returns what is known of its
 * place on the stack. Async-signal-safe; errno and every register but the general ones are
 * untouched. */
struct stack_bounds preload_hit(struct hook_call *call, const char *name);

/* What is known of a call that is no hit. */
struct stack_bounds preload_find_bounds(struct hook_call *call);

/* Whether `size` bytes of arguments, more than a few, can be copied: `base` is what is known of the
 * call. */
bool preload_has_room(const struct hook_call *call, uint64_t base, uint64_t size);

/* The leaf is entered by a jump, and so without a time, since its arguments cannot be copied. */
void preload_note_untimed(const struct hook_call *call);

/* The root, each of whose calls has its own tree, is called, or its call has ended in whatever
 * way. The end of one that is entered by a jump is not seen (is_jump): unless it is a part of an
 * open call, it is only counted. Async-signal-safe. */
void preload_begin_call(struct hook_call *call, bool is_jump);
void preload_end_call(struct hook_call *call, uint64_t ticks);

/* Tells the trace how many functions could not be hooked at their entry. */
void preload_note_entries(void);

/* A call of the leaf call->node has ended. */
void preload_time(const struct hook_call *call, uint64_t ticks);

/* A call of the leaf `node` has ended, not in the thread that made it. */
void preload_leave_elsewhere(struct trace_node *node, uint64_t ticks);

/* The program is about to give up rights that opening a trace file may need, or (`forbids`) to
 * forbid system calls: opens the file now, and takes what later hits may need. `sp` is in the
 * program's stack. */
void preload_restrict(bool forbids, uint64_t sp);

/* The thread with that thread pointer is given a name, of at most 15 bytes. */
void preload_name_thread(uint64_t pointer, const char *name);

/* The program is about to forbid to read the clock: later calls have no time. */
void preload_stop_clock(void);

/* The program is about to limit its address space to so many bytes: opens the trace file before,
 * and gives back what is reserved for it beyond a small part of that. */
void preload_limit(uint64_t address_space);

/* What a program that is executed now will look for: the session's directory ("": there is none),
 * the library and the interposer (NULL: there is none). */
const char *preload_directory(void);
const char *preload_library(void);
const char *preload_interposer(void);

/* Counts in the trace, in a forked child that has none in its parent's, that a program is executed
 * which will not be traced, for one of enum trace_untraced. Returns the counter, or NULL. */
_Atomic uint64_t *preload_note_untraced(const char *path, size_t length, uint32_t reason);

/* A program is about to be executed: by this process, or (`by_child`) by one that is yet to be
 * made. A child that shares this memory, as of vfork, is told from this process by its id. */
void preload_note_executing(bool by_child);

/* Whether there is a trace, and it is of this process: not of the parent of a child that shares its
 * memory, as of vfork, or that has not opened one yet. */
bool preload_is_own_trace(void);

/* Whether the trace file is still that of `epoch`: a forked child gets its own. */
bool preload_is_current(uint32_t epoch);

/* Adds with one instruction, which a signal handler of this thread cannot cut in two. The
 * counter has one writing thread, so no lock prefix; the reader may see it at any moment. */
static inline void preload_add(_Atomic uint64_t *counter, uint64_t value)
{
    __asm__ volatile("addq %1, %0" : "+m"(*counter) : "er"(value) : "cc");
}

#endif
