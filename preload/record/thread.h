/*
 * thread.h - what the library keeps for each thread, and who may use it when.
 *
 * A signal handler can hit a leaf while its own thread is in the middle of a walk. So a
 * thread has several levels, each with a stack (walks, rules, tree) of its own: a hit takes
 * the first free one with thread_begin and gives it back with thread_end (claim.h).
 *
 * A process can have children that share its memory and, as nothing gave them another, the thread
 * pointer of whoever made them (clone(2) with CLONE_VM alone). Once that is to be expected, a
 * thread is told by its id, which costs a system call at each hit.
 *
 * There is no destructor: hits can come after every other one has run. The memory of a
 * thread that has ended is taken over by a later thread, which asks the kernel whether the
 * former owner still exists.
 */
#ifndef THREAD_H
#define THREAD_H

#include <stdbool.h>
#include <stdint.h>

#include "code/claim.h"
#include "record/calls.h"
#include "walk/stack.h"

#define THREAD_LEVELS 8

struct thread_level {
    struct claim claim;
    struct stack *stack; /* NULL: never used */
};

enum thread_room { ROOM_UNKNOWN, ROOM_THERE, ROOM_MISSING };

struct thread {
    struct thread *next; /* all that were ever made */
    _Atomic int32_t tid; /* the owner; 0: none, -1: being prepared by its next one */
    uint32_t epoch;      /* of the trace file that the fields below belong to */
    trace_index record;  /* THREAD */
    uint64_t pointer;    /* the thread pointer */
    uint64_t stack_end;  /* of its own stack, which is there as long as it runs */
    uint8_t room;        /* on it, below its first part: enum thread_room */
    struct calls calls;
    struct thread_level levels[THREAD_LEVELS];
};

/* The calling thread's own, for the trace file of `epoch`, made or taken over at its first hit.
 * NULL when there is no room or no memory. Async-signal-safe. */
struct thread *thread_self(struct segment *segment, uint32_t epoch);

/* Forgets all threads, in a forked child, where the caller is the only one; so their memory can be
 * used for something else. Returns false, and forgets nothing, if a hit of this thread is being
 * recorded, which a signal handler has interrupted to fork. */
bool thread_forget_all(void);

/* From now on thread pointers tell no threads apart. Async-signal-safe. */
void thread_expect_sharing(void);

/* Takes the first free level for `call`, or one whose owner is gone. NULL when handlers are nested
 * too deep. */
struct thread_level *thread_begin(struct thread *thread, struct call_frame *call);

/* Gives the level its stack. Returns false when there is no memory. */
bool thread_make_stack(struct thread *thread, struct thread_level *level, struct segment *segment);

static inline bool thread_has_stack(
    struct thread *thread, struct thread_level *level, struct segment *segment)
{
    return __builtin_expect(level->stack != NULL, 1) || thread_make_stack(thread, level, segment);
}

/* stack_prepare for the first level, if it is free. */
void thread_prepare(struct thread *thread, struct segment *segment, uint64_t sp);

static inline void thread_end(struct thread_level *level, struct call_frame *call)
{
    claim_release(&level->claim, call);
}

/* Whether the stack at `sp` has room for a copy of `size` bytes, more than every stack must have
 * room for: in the first part of the thread's own stack, if there is much more of it. `base` is the
 * sp of the outermost frame: a coroutine's is elsewhere, even where its stack lies within the
 * thread's. */
bool thread_has_room(struct thread *thread, uint64_t base, uint64_t sp, uint64_t size);

#define THREAD_NAME_SIZE 16 /* with the NUL (prctl(2)) */

/* The thread with that thread pointer is given a name. What it is called at its first hit is known.
 */
void thread_note_name(struct segment *segment, uint32_t epoch, uint64_t pointer, const char *name);

#endif
