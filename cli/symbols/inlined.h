/*
 * inlined.h - functions that the compiler has inlined into their callers: debugging information has
 * them, symbols may not.
 */
#ifndef SYMBOLS_INLINED_H
#define SYMBOLS_INLINED_H

#include <stdbool.h>
#include <stddef.h>

/* Returns whether a function matches: by its linkage name, or by `name` if that is NULL; `name`
 * then includes the namespaces and classes around the function. */
typedef bool symbols_inlined_match(const char *name, const char *linkage_name, void *context);

/* Sets *is_found to whether the debugging information of the file has a matching function that is
 * inlined or, with `any`, of any kind. Reads all of it, which may take seconds. Changes the
 * environment for a moment (symbols/file.c), so call it only while there is one thread. Returns 0
 * or -errno, -ENOENT if the file or its debugging information does not exist; then *is_found is
 * unchanged. */
int symbols_inlined_find(
    bool *is_found, const char *path, bool any, symbols_inlined_match *matches, void *context);

/* In the same way finds the functions, themselves not inlined, into which a matching function was
 * inlined. Sets `callers` to their names with the namespaces and classes around them, malloc'ed,
 * each once. Returns how many there are in `callers`, at most `room`. */
size_t symbols_inlined_callers(
    char **callers, size_t room, const char *path, symbols_inlined_match *matches, void *context);

#endif
