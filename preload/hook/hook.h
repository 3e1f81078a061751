/*
 * hook.h - entry and return of a hooked function.
 *
 * A stub of the interposer, or a pad at the leaf's own entry (hook_plan.h), jumps to the trampoline
 * scoped_trace_enter, which saves the registers in a struct call_frame on the program's own stack
 * and calls hook_enter. Then it calls the real function from that frame, and hook_leave when that
 * returns. The frame has ordinary CFI, so exceptions, cancellation and debuggers see a frame like
 * any other.
 */
#ifndef HOOK_H
#define HOOK_H

#include "code/call_frame.h"

/* Hooks the functions of the session's stubs and plans. `directory` is the session's, "" if there
 * is none; it must stay readable. Called once, after record_begin, as start.c does. */
void hook_begin(const char *directory);

/* Counts the hit and fills in target and stack_bytes. Returns 1 if the trampoline must jump to the
 * target instead of calling it. Called by the trampoline only. */
int hook_enter(struct call_frame *call);

/* Ends the call. Called by the trampoline only. */
void hook_leave(struct call_frame *call);

#endif
