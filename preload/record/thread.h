/*
 * thread.h - the library's data for each thread, and which hit may use it when.
 *
 * A signal handler can hit a leaf while its own thread is in the middle of a walk. So a thread has
 * several levels, each with a stack (walks, rules, tree) of its own: thread_begin takes the first
 * free one for a hit, and thread_end gives it back (claim.h).
 *
 * A process can have children that share its memory, and that have the thread pointer of the thread
 * that made them, because nothing has given them another (clone(2) with CLONE_VM alone). Once such
 * children are expected, a thread is identified by its id, which costs a system call at each hit.
 *
 * There is no destructor: hits can come after all other destructors have run. A later thread takes
 * over the memory of a thread that has ended; it asks the kernel whether the former owner still
 * exists.
 */
#ifndef THREAD_H
#define THREAD_H

#include <stdbool.h>
#include <stdint.h>

#include "code/claim.h"
#include "object/memory.h"
#include "record/open_calls.h"
#include "record/thread_time.h"
#include "root/calls.h"
#include "task/turns.h"
#include "trace/trace.h"
#include "walk/stack.h"

#define THREAD_LEVELS 8

struct thread_level {
    struct claim claim;
    struct stack *stack;           /* NULL: never used */
    struct object_memory *objects; /* the same */
    struct open_calls open_calls;
};

enum thread_room { ROOM_UNKNOWN, ROOM_THERE, ROOM_MISSING };

struct thread {
    struct thread *next; /* a list of all that were ever made */
    _Atomic int32_t tid; /* the owner; 0: none, -1: it is being prepared for the next owner */
    uint32_t epoch;      /* of the trace file that the fields below belong to */
    trace_index record;  /* THREAD */
    uint64_t pointer;    /* the thread pointer */
    uint64_t stack_end;  /* of its own stack, which stays mapped as long as it runs */
    uint8_t room;        /* whether its stack has room below its first part: enum thread_room */
    struct thread_time time;
    struct calls calls;
    struct turns turns;
    struct thread_level levels[THREAD_LEVELS];
};

/* The calling thread's struct for the trace file of `epoch`. It is made or taken over at the
 * thread's first hit. NULL if there is no room or no memory. Async-signal-safe. */
struct thread *thread_self(struct segment *segment, uint32_t epoch);

/* The same, if the trace file of `epoch` is open; or NULL. */
static inline struct thread *thread_current(uint32_t epoch)
{
    return trace_is_open(epoch) ? thread_self(&trace_segment, epoch) : NULL;
}

/* The calling thread is about to end: notes its time, if its start was seen. Async-signal-safe. */
void thread_note_end(struct segment *segment, uint32_t epoch);

/* The same for all threads that are still there: the process is about to end. */
void thread_note_all_ends(struct segment *segment, uint32_t epoch);

/* Forgets all threads, in a forked child, where the caller is the only one; then their memory can
 * be used again. Returns false, and forgets nothing, if this thread is recording a hit that a
 * signal handler has interrupted to fork. */
bool thread_forget_all(void);

/* From now on threads may share a thread pointer. Async-signal-safe. */
void thread_expect_sharing(void);

/* Takes the first free level for `call`, or one whose owner is gone. NULL if handlers are nested
 * too deep. */
struct thread_level *thread_begin(struct thread *thread, struct call_frame *call);

/* Makes the level's stack. Returns false if there is no memory. */
bool thread_make_stack(struct thread *thread, struct thread_level *level, struct segment *segment);

static inline bool thread_has_stack(
    struct thread *thread, struct thread_level *level, struct segment *segment)
{
    return __builtin_expect(level->stack != NULL, 1) || thread_make_stack(thread, level, segment);
}

static inline int32_t thread_tid(const struct thread *thread)
{
    return atomic_load_explicit(&thread->tid, memory_order_relaxed);
}

/* The thread continues at `sp` of its own stack: ends the calls that lie below. `now`: the clock.
 */
void thread_leave_calls(struct thread *thread, struct segment *segment, uint64_t sp, uint64_t now);

/* Calls stack_prepare for the first level, if that is free. */
void thread_prepare(struct thread *thread, struct segment *segment, uint64_t sp);

static inline void thread_end(struct thread_level *level, struct call_frame *call)
{
    claim_release(&level->claim, call);
}

/* Whether the stack at `sp` has room for a copy of `size` bytes that is larger than what every
 * stack must have room for. It has if `sp` is in the first part of the thread's own stack, and
 * there is much more of that stack. `base` is the sp of the outermost frame: a coroutine has
 * another one, even if its stack lies within the thread's. */
bool thread_has_room(struct thread *thread, uint64_t base, uint64_t sp, uint64_t size);

/* Returns whether the thread's own stack begins with a frame at `base`: a fiber's does not. */
bool thread_begins_at(const struct thread *thread, uint64_t base);

/* The thread with this thread pointer, if it is running and has hit a leaf; or NULL. */
struct thread *thread_find(uint64_t pointer);

#define THREAD_NAME_SIZE 16 /* with the NUL (prctl(2)) */

/* The thread with the thread pointer `pointer` is given a name. (The name that it has at its first
 * hit is read then.) */
void thread_note_name(struct segment *segment, uint32_t epoch, uint64_t pointer, const char *name);

#endif
