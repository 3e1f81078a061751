/*
 * hints.h - what there is of a name in a file besides functions that can be hooked.
 */
#ifndef LEAVES_HINTS_H
#define LEAVES_HINTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct function_spec;
struct near_miss;

/* Takes all functions of a file into account, also local ones, by the names that `near`'s could
 * have been: as much of C++ and Rust names as was wanted. Returns 0 or -errno. */
int functions_near_misses(struct near_miss *near, const char *path);

/* Whether there is any function that is meant, by a symbol or by debugging information, inlined or
 * not; the library that the specification may name does not count. The rest as below. */
int functions_any(bool *is_there, const char *path, const struct function_spec *spec);

/* Whether a function that is meant was put into all its callers, given that functions_find finds
 * none. Only while there is one thread, see symbols/inlined.h; it may take seconds. Returns 0 or
 * -errno, -ENOENT without debugging information, and then *is_inlined is untouched. */
int functions_only_inlined(bool *is_inlined, const char *path, const struct function_spec *spec);

/* Into which functions such a one was put: their names, malloc'ed, at most `room`. Returns how
 * many. Also only while there is one thread. */
size_t functions_inlined_into(
    char **callers, size_t room, const char *path, const struct function_spec *spec);

typedef void functions_take(uint64_t address, const char *name, void *context);

/* Calls `take` with the name, without suffixes, and the address of each symbol that is meant, if
 * the file is. */
void functions_each_symbol(
    const char *path, const struct function_spec *spec, functions_take *take, void *context);

/* The same with the linkage name, or else the name, of each function that was inlined somewhere,
 * and the address 0. Only while there is one thread. */
void functions_each_inlined(
    const char *path, const struct function_spec *spec, functions_take *take, void *context);

#endif
