/*
 * record.h - the seam between what catches calls (hook/) and what records them.
 *
 * Whoever brings the library into a program calls record_begin first, then hook_begin, as start.c
 * does. A library that does nothing but stand before functions gives these functions and no others
 * (bench/nop.c).
 */
#ifndef RECORD_H
#define RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "code/call_frame.h"

/* What constructors get (the dynamic linker's), and what is known of the process. */
struct record_origin {
    char **arguments, **variables;
    bool is_secure; /* ld.so(8), secure-execution mode */
};

/* Reads the settings and opens the trace file. Hits may come before it, and then do its work. */
void record_begin(const struct record_origin *origin);

/* A function is called: counts the hit if it is a leaf. Sets node, epoch, entered and stack_bytes,
 * of which node and stack_bytes are zero before. Returns whether it is to be entered by a jump, so
 * that its return will not be seen. Async-signal-safe; errno and every register but the general
 * ones are untouched. */
bool record_enter(struct call_frame *call);

/* The same for the root, each of whose calls has its own tree (HOOK_ROOT). The end of one that is
 * entered by a jump is not seen: unless it is a part of an open call, it is only counted. */
bool record_enter_root(struct call_frame *call);

/* A call has ended, at `now` of the clock, by return or by being unwound. */
void record_leave(struct call_frame *call, uint64_t now);
void record_leave_root(struct call_frame *call, uint64_t now);

enum record_expected {
    EXPECT_HITS,         /* hits of this thread, perhaps when system calls are forbidden unseen */
    EXPECT_FEWER_RIGHTS, /* the program gives up rights that opening a trace file may need */
    EXPECT_NO_CALLS,     /* it forbids system calls; the value is in its stack */
    EXPECT_NO_CLOCK,     /* it forbids to read the clock: later calls have no time */
    EXPECT_LIMIT,        /* it limits its address space; the value is how many bytes */
};

/* Makes ready what will be needed when that has come. Async-signal-safe. */
void record_expect(enum record_expected what, uint64_t value);

#endif
