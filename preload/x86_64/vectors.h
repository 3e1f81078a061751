/*
 * vectors.h - calls a function of libc or libunwind from within a hit.
 *
 * A hit may not change any vector register (they can hold arguments of the leaf, and a
 * caller that knows its callee relies on more); our own code is compiled without them.
 * Foreign code is not, so it is called with all of that state saved: about 130 ns. As much state as
 * there can be is larger than many a stack has room for, so a hit has it elsewhere.
 */
#ifndef VECTORS_H
#define VECTORS_H

#include "x86_64/processor.h"

/* Room for the state. trampoline_x86_64.S knows its size and alignment. */
struct vectors_area {
    unsigned char bytes[2688] __attribute__((aligned(64)));
};

/* Saves x87, SSE, AVX and AVX-512 state in *area, calls function(argument) on an aligned stack, and
 * restores them. Async-signal-safe if `function` is, and nobody else uses *area meanwhile. */
void vectors_saved_call_in(struct vectors_area *area, void (*function)(void *), void *argument);

/* The same with the area on the stack: not for a hit. */
static inline void vectors_saved_call(void (*function)(void *), void *argument)
{
    struct vectors_area area;
    vectors_saved_call_in(&area, function, argument);
}

/* Finds out how the state is saved. Called once, at start. */
void vectors_start(processor_find *find);

#endif
