/*
 * runtimes.h - functions that must not be called through a frame of ours.
 *
 * The code of some languages depends on what lies on the stack: its runtime finds callers by their
 * return addresses in a table of its own, moves or checks stacks, or it does not return at all but
 * jumps on. Such functions are no leaves; those of C in the same file, and of the C library under
 * such programs, can be.
 */
#ifndef PLANNER_RUNTIMES_H
#define PLANNER_RUNTIMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct function_tables;

#define RUNTIMES_MAX 8 /* of which one file can have code */

struct runtimes {
    const struct runtime *list[RUNTIMES_MAX];
    size_t count;
    /* Where code of Go and of OCaml begins, and where it ends, both in ascending order. */
    uint64_t *begins, *ends;
    size_t begin_count, end_count, room;
    const char *why_within;   /* these */
    const char *why_anywhere; /* it is not known where that code is: all may be; or NULL */
};

/* Finds out what a file has, by its sections and by all of its symbols that are open. Returns 0 or
 * -ENOMEM. */
int runtimes_find(struct runtimes *runtimes, const struct function_tables *tables);
void runtimes_finish(struct runtimes *runtimes);

/* Why the function with this linkage name at this address is such one: what follows "cannot be
 * hooked: "; it lives for ever. NULL: it is none. */
const char *runtimes_refusal(const struct runtimes *runtimes, uint64_t address, const char *symbol);

#endif
