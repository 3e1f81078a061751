/*
 * vectors.h - calls a function of libc or libunwind from within a hit.
 *
 * A hit may not change any vector register (they can hold arguments of the leaf, and a
 * caller that knows its callee relies on more); our own code is compiled without them.
 * Foreign code is not, so it is called with all of that state saved: about 130 ns.
 */
#ifndef VECTORS_H
#define VECTORS_H

/* Saves x87, SSE, AVX and AVX-512 state, calls function(argument) on an aligned stack, and
 * restores them. Uses about 3 KiB of stack. Async-signal-safe if `function` is. */
void vectors_saved_call(void (*function)(void *), void *argument);

/* Asks the processor how its state is saved. Called once, at start. */
void vectors_start(void);

#endif
