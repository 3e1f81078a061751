/*
 * displace.h - what a jump at a function's entry displaces, and what does the same elsewhere.
 */
#ifndef ARCH_DISPLACE_H
#define ARCH_DISPLACE_H

#include "arch/code.h"
#include "hook_plan.h"

/* Decides whether the function can be hooked at its entry: `text` is the segment or section that
 * holds it, its parts and its neighbours; `tables` the one with the tables of its switch
 * statements (.rodata), or NULL, and then they are not looked at.
 * Fills in all of *entry that hook_plan.h tells about the instructions, and zeroes the rest: the
 * names, flags and is_resolver. Of the entry's fixups, the run-time addresses are to be those of
 * `text`, moved as the file is.
 * Returns 0, or -EOPNOTSUPP, and then *why says it as what follows "cannot be hooked at its
 * entry: "; it lives for ever. Keeps nothing, so threads may call it at once. */
int displace(const struct code_bytes *text, const struct code_bytes *tables,
    const struct code_function *function, struct hook_plan_entry *entry, const char **why);

#endif
