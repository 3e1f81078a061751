/*
 * displace.h - which instructions a jump at a function's entry displaces, and the code that does
 * the same elsewhere.
 */
#ifndef ARCH_DISPLACE_H
#define ARCH_DISPLACE_H

#include "arch/code.h"
#include "hook_plan.h"

/* Decides whether the function can be hooked at its entry. `text` is the segment or section that
 * holds the function, its parts and its neighbours. `tables` is the one that holds the tables of
 * its switch statements (.rodata); if it is NULL, they are not read. Fills in all fields of *entry
 * that hook_plan.h describes for the instructions, and sets the others to zero: the names, flags
 * and is_resolver. The run-time addresses for the entry's fixups must be those of `text`, moved by
 * the same distance as the file. Returns 0 or -EOPNOTSUPP; then *why is the reason, as words to
 * follow "cannot be hooked at its entry: " (static string). Keeps no state, so several threads may
 * call it at once. */
int displace(const struct code_bytes *text, const struct code_bytes *tables,
    const struct code_function *function, struct hook_plan_entry *entry, const char **why);

#endif
