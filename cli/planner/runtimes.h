/*
 * runtimes.h - functions that must not be called through the trampoline's frame.
 *
 * The code of some languages depends on the stack contents: the runtime looks return addresses up
 * in a table of its own, moves or checks stacks, or its functions do not return but jump on. Such
 * functions are no leaves. C functions in the same file, and of the C library under such programs,
 * can be leaves.
 */
#ifndef PLANNER_RUNTIMES_H
#define PLANNER_RUNTIMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct function_tables;

#define RUNTIMES_MAX 8 /* at most, in one file */

/* Addresses, in ascending order. */
struct runtime_bounds {
    uint64_t *list;
    size_t count, room;
};

struct runtimes {
    const struct runtime *list[RUNTIMES_MAX];
    size_t count;
    struct runtime_bounds begins, ends; /* of code of Go and of OCaml */
    const char *why_within;             /* the reason for addresses between these */
    const char *why_anywhere; /* the reason for all addresses, if the place of that code is not
                               * known; or NULL */
};

/* Finds out which of them a file has, from its sections and all of its open symbol tables. Returns
 * 0 or -ENOMEM. */
int runtimes_find(struct runtimes *runtimes, const struct function_tables *tables);
void runtimes_finish(struct runtimes *runtimes);

/* Returns the reason why the function with this linkage name and address must not be hooked, as
 * words to follow "cannot be hooked: " (static string), or NULL. */
const char *runtimes_refusal(const struct runtimes *runtimes, uint64_t address, const char *symbol);

#endif
