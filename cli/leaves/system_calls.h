/*
 * system_calls.h - leaves that are called by their number, with syscall(2).
 *
 * Runtimes and libraries make the calls for which the C library has no function, or no suitable
 * one, in this way: Rust's locks, std::atomic::wait, GLib, Qt, abseil.
 */
#ifndef LEAVES_SYSTEM_CALLS_H
#define LEAVES_SYSTEM_CALLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct leaves;

/* A call by number that counts for a leaf. */
struct system_call {
    uint32_t number; /* as the kernel has them for this architecture */
    uint32_t flags;  /* of its record (hook_record.h) */
    const char *shown;
};

/* Lists the system calls of the leaves in the order of their numbers; *list is malloc'ed. Returns 0
 * or -ENOMEM. */
int system_calls_of(const struct leaves *leaves, struct system_call **list, size_t *count);

/* Returns whether a leaf of this name can be called by its number. */
bool system_calls_has(const char *leaf);

#endif
