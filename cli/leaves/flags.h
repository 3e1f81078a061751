/*
 * flags.h - how a function may be hooked, as far as its name says.
 */
#ifndef LEAVES_FLAGS_H
#define LEAVES_FLAGS_H

#include <stdbool.h>
#include <stdint.h>

/* The flags for a function that has this linkage name, known or not, in a file of the C library or
 * (then what its arguments are is not known) in another one. */
uint32_t leaves_hook_flags(const char *symbol, bool is_c_library);

/* Why the function must not be hooked, as what follows "it cannot be: "; NULL: it may be. Such are
 * functions that must be called with the registers that their callers chose. */
const char *leaves_unhookable_why(const char *symbol);

#endif
