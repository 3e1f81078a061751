/*
 * faults.h - lets handlers of faults see the program's own instructions.
 *
 * Displaced instructions run in a pad. One can fault there because of the function's arguments. A
 * handler that recognises the instruction by its address, as in a safe copy or a virtual machine,
 * would not find it. So the kernel gets a handler of ours. It puts the address in the function into
 * the context, calls the program's handler, and changes the context back unless the handler has
 * moved it elsewhere. If the signal did not come in a pad, it only jumps to the program's handler.
 * This is done only if a displaced instruction can fault in this way (may_fault in hook_plan.h),
 * which is rare. The program still sees its own handlers.
 */
#ifndef FAULTS_H
#define FAULTS_H

#include <stdbool.h>
#include <stdint.h>

struct call_frame;

/* An instruction that can fault was displaced. This also replaces handlers that are already
 * installed. Does nothing after the program has forbidden system calls. */
void faults_expect(void);

/* Called when a function that installs a handler (HOOK_HANDLES) is called, and when it has
 * returned. */
void faults_note_call(struct call_frame *call);
void faults_note_return(const struct call_frame *call);

/* The function to call for a signal. */
struct faults_handler {
    uint64_t function;
    uint64_t pad; /* the address in a pad, if the context was changed; else 0 */
};

/* Called by arch_handle_fault only: before the program's handler, and after it if pad is not 0. */
struct faults_handler faults_begin(int number, void *context);
void faults_end(void *context, uint64_t pad);

#endif
