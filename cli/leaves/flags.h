/*
 * flags.h - how a function may be hooked, according to its name.
 */
#ifndef LEAVES_FLAGS_H
#define LEAVES_FLAGS_H

#include <stdbool.h>
#include <stdint.h>

/* Returns the flags for a function with this linkage name, known or not, in a file of the C library
 * or in another file; the arguments of a function in another file are not known. */
uint32_t leaves_hook_flags(const char *symbol, bool is_c_library);

/* Returns the reason why the function must not be hooked, as words to follow "it cannot be: ", or
 * NULL if it may be. Most of these functions must be called with the register contents that their
 * callers chose. */
const char *leaves_unhookable_why(const char *symbol);

#endif
