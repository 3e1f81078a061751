/*
 * unwind_memory.h - reads words of the stack that can be read.
 */
#ifndef UNWIND_MEMORY_H
#define UNWIND_MEMORY_H

#include "walk/unwind_state.h"

/* Finds out, now, how far the stack at `sp` can be read. */
void unwind_learn_stack(struct unwind *unwind, uint64_t sp);

/* Whether the word at `address` can be read; for addresses that are not yet known to be readable.
 */
bool unwind_make_readable(struct unwind *unwind, uint64_t address);

/* Reads a word of the stack if it can be read; returns whether it can. */
static inline bool unwind_read(struct unwind *unwind, uint64_t address, uint64_t *value)
{
    /* Aligned words don't cross pages. */
    if (address - unwind->readable >= unwind->readable_end - unwind->readable || address & 7)
        if (!unwind_make_readable(unwind, address))
            return false;
    *value = *(const uint64_t *)address;
    return true;
}

#endif
