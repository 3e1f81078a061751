/*
 * short_names.h - short names for many functions, which can be told from each other.
 */
#ifndef NAMES_SHORT_NAMES_H
#define NAMES_SHORT_NAMES_H

#include <stddef.h>

/* Sets shorts[i] to the short name of the demangled names[i] (short_name.h), malloc'ed: the
 * briefest one that no other name has. So "f(int)" is "f" if it is the only f, and "f(int)" beside
 * "f(long)" keeps its parameters. Equal names have equal short names. Returns 0, or -ENOMEM; then
 * nothing was set. */
int short_names(const char *const *names, size_t count, const char *ellipsis, char **shorts);

#endif
