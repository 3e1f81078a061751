/*
 * inlined.h - functions that debugging information knows, and symbols may not: those that
 * the compiler has put into their callers.
 */
#ifndef SYMBOLS_INLINED_H
#define SYMBOLS_INLINED_H

#include <stdbool.h>
#include <stddef.h>

/* Whether a function is meant, by its linkage name, or else, where that is NULL, by `name`, which
 * then has the namespaces and classes around it. */
typedef bool symbols_inlined_match(const char *name, const char *linkage_name, void *context);

/* Whether the debugging information of the file has an inlined function that is meant, or, with
 * `any`, one of whatever kind. Reads all of it, which may take seconds. Changes the environment for
 * a moment (symbols/file.c), so only while there is one thread. Returns 0 or -errno, -ENOENT when
 * the file or its debugging information is not there, and then *is_found is untouched. */
int symbols_inlined_find(
    bool *is_found, const char *path, bool any, symbols_inlined_match *matches, void *context);

/* The same way the functions into which such a one was put, that exist as such: their names with
 * the namespaces and classes around them, malloc'ed, each once. Returns how many there are in
 * `callers`, at most `room`. */
size_t symbols_inlined_callers(
    char **callers, size_t room, const char *path, symbols_inlined_match *matches, void *context);

#endif
