/*
 * faults.h - shows a handler of faults the program's own instructions.
 *
 * What is displaced runs in a pad. If it faults there, by what the function was given, a handler
 * that knows the instruction by its address would not recognize it: a safe copy, a virtual machine.
 * So the kernel is given a handler of ours, which puts the place in the function into the context,
 * calls the program's, and takes it back where that has not led elsewhere. All other signals go
 * through it by a jump. This is done only where something that was displaced can fault so
 * (may_fault in hook_plan.h), which is rare, and what the program is told of its handlers is its
 * own.
 */
#ifndef FAULTS_H
#define FAULTS_H

#include <stdbool.h>
#include <stdint.h>

struct call_frame;

/* Something that can fault was displaced. Handlers that are there already are taken care of, too.
 * Once the program has forbidden system calls, nothing is done. */
void faults_expect(void);

/* A function that installs a handler (HOOK_HANDLES) is called, or has returned. */
void faults_note_call(struct call_frame *call);
void faults_note_return(const struct call_frame *call);

/* What is to be called for a signal. */
struct faults_handler {
    uint64_t function;
    uint64_t pad; /* the place in a pad, if the context was changed; else 0 */
};

/* Called by arch_handle_fault only: before the program's handler, and after it if pad is not 0. */
struct faults_handler faults_begin(int number, void *context);
void faults_end(void *context, uint64_t pad);

#endif
