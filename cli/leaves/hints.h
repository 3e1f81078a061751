/*
 * hints.h - where a name occurs in a file other than as a function that can be hooked.
 */
#ifndef LEAVES_HINTS_H
#define LEAVES_HINTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct function_spec;
struct near_miss;

/* Adds all functions of a file, also local ones, to the candidates of `near`. C++ and Rust names
 * are shortened to as many parts as the wanted name has. Returns 0 or -errno. */
int functions_near_misses(struct near_miss *near, const char *path);

/* Sets *is_there to whether any function matches, in symbols or in debugging information, inlined
 * or not. Ignores the library that the specification may name. For the rest see
 * functions_only_inlined. */
int functions_any(bool *is_there, const char *path, const struct function_spec *spec);

/* Sets *is_inlined to whether a matching function was inlined into all its callers; functions_find
 * must have found none. Call only while there is one thread, see symbols/inlined.h; it may take
 * seconds. Returns 0 or -errno, -ENOENT without debugging information; then *is_inlined is
 * unchanged. */
int functions_only_inlined(bool *is_inlined, const char *path, const struct function_spec *spec);

/* Sets `callers` to the names of the functions into which such a function was inlined, malloc'ed,
 * at most `room`. Returns how many. Call only while there is one thread. */
size_t functions_inlined_into(
    char **callers, size_t room, const char *path, const struct function_spec *spec);

typedef void functions_take(uint64_t address, const char *name, void *context);

/* Calls `take` with the name, without suffixes, and the address of each matching symbol, if the
 * file matches, too. */
void functions_each_symbol(
    const char *path, const struct function_spec *spec, functions_take *take, void *context);

/* Calls `take` for each matching function that was inlined somewhere, with the linkage name, or the
 * name if there is none, and the address 0. Call only while there is one thread. */
void functions_each_inlined(
    const char *path, const struct function_spec *spec, functions_take *take, void *context);

#endif
