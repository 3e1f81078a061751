/*
 * displace.h - what a jump at a function's entry displaces, and what does the same elsewhere.
 */
#ifndef PLANNER_DISPLACE_H
#define PLANNER_DISPLACE_H

#include <stddef.h>
#include <stdint.h>

#include "hook_plan.h"

/* Bytes of an ELF file and their address there (p_vaddr or sh_addr). */
struct displace_bytes {
    const uint8_t *bytes;
    uint64_t address, size;
};

struct displace_range {
    uint64_t address, size;
};

/* All addresses are those in the file. */
struct displace_function {
    uint64_t address;
    uint64_t
        size; /* of the symbol or the FDE; 0: unknown, it is taken to reach to the next entry */
    /* Where functions and other symbols begin, in ascending order; `address` may be among them,
     * several times. Bytes between the function and the next of these that look like padding are
     * taken for it, so those of local functions (FDEs) should be there. */
    const uint64_t *entries;
    size_t entry_count;
    const struct displace_range *parts; /* other code of the same function, such as f.cold */
    size_t part_count;
};

/* Decides whether the function can be hooked at its entry: `text` is the segment or section that
 * holds it, its parts and its neighbours; `tables` the one with the tables of its switch
 * statements (.rodata), or NULL, and then they are not looked at.
 * Fills in all of *entry that hook_plan.h tells about the instructions, and zeroes the rest: the
 * names, flags and is_resolver. Of the entry's fixups, the run-time addresses are to be those of
 * `text`, moved as the file is.
 * Returns 0, or -EOPNOTSUPP, and then *why says it as what follows "cannot be hooked at its
 * entry: "; it lives for ever. Keeps nothing, so threads may call it at once. */
int displace(const struct displace_bytes *text, const struct displace_bytes *tables,
    const struct displace_function *function, struct hook_plan_entry *entry, const char **why);

#endif
