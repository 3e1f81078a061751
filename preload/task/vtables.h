/*
 * vtables.h - copies of the tables of functions by which wakers are cloned, woken and dropped.
 */
#ifndef VTABLES_H
#define VTABLES_H

#include <stdint.h>

#include "code/call_frame.h"

/* Returns the address of a copy of a RawWakerVTable (Rust, core::task). It is the same for each
 * call, as long as the table is, and stays valid for the life of the process. Returns the table
 * itself if there is no room. Async-signal-safe. */
uint64_t vtables_copy(uint64_t table);

/* The call of a clone function has returned a RawWaker of the task `key`: two words, the key and a
 * table. Its caller gets the copy. */
void vtables_change_waker(struct call_frame *call, uint64_t key);

#endif
