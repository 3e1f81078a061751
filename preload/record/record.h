/*
 * record.h - the interface between the code that catches calls (hook/) and the code that records
 * them.
 *
 * The code that starts the library calls record_begin first, then hook_begin, as start.c does. A
 * library that only stands before functions and records nothing has these functions and no others
 * (bench/nop.c).
 */
#ifndef RECORD_H
#define RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "code/call_frame.h"

/* What the dynamic linker passes to constructors, and what is known about the process. */
struct record_origin {
    char **arguments, **variables;
    bool is_secure; /* ld.so(8), secure-execution mode */
};

/* Reads the settings and opens the trace file. A hit may come earlier, and then does this work. */
void record_begin(const struct record_origin *origin);

/* Called when a hooked function is called: counts the hit if it is a leaf. Sets node, opened,
 * epoch, entered and stack_bytes; node, opened and stack_bytes must be zero before. Returns whether
 * the function is to be entered by a jump; then its return will not be seen. Async-signal-safe;
 * keeps errno and all registers except the general ones. */
bool record_enter(struct call_frame *call);

/* The same for the root, if each of its calls has its own tree (HOOK_ROOT). If it is entered by a
 * jump, its end is not seen; then the call is only counted, unless it is a part of an open call. */
bool record_enter_root(struct call_frame *call);

/* Called when a call ends, by return or by unwinding. `now` is in ticks of the clock. */
void record_leave(struct call_frame *call, uint64_t now);
void record_leave_root(struct call_frame *call, uint64_t now);

/* The call of a function with HOOK_WAKES is about to let others go: notes its path for them. Called
 * after record_enter. Async-signal-safe. */
void record_wake(struct call_frame *call);

/* The thread is about to continue at `sp`: the calls below it are over. `jumper` is the call of
 * longjmp, for which record_enter was called. */
void record_jump(struct call_frame *jumper, uint64_t sp);

/* The fiber that would be resumed at the stack pointer `sp` has ended: so has its call of a
 * function that switches stacks. Its stack is still mapped. */
void record_fiber_end(uint64_t sp);

enum record_expected {
    EXPECT_HITS,         /* hits of this thread, perhaps after system calls were forbidden unseen */
    EXPECT_FEWER_RIGHTS, /* the program gives up rights that are needed to open a trace file */
    EXPECT_NO_CALLS,     /* it forbids system calls; the value is an address in its stack */
    EXPECT_FILTER,       /* the same, perhaps, by a filter of system calls that is set unseen */
    EXPECT_NO_CLOCK,     /* it forbids to read the clock: later calls have no time */
    EXPECT_LIMIT,        /* it limits its address space; the value is the limit in bytes */
};

/* Prepares the library for what is expected. Async-signal-safe. */
void record_expect(enum record_expected what, uint64_t value);

#endif
