/*
 * bounds.h - where functions begin and end according to the unwind tables, independent of symbols.
 */
#ifndef SYMBOLS_BOUNDS_H
#define SYMBOLS_BOUNDS_H

#include <libelf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct symbols_bounds {
    struct symbols_bound *list; /* by address */
    size_t count;
};

/* Reads .eh_frame, if there is one, into a zeroed object. Returns 0 or -ENOMEM. */
int symbols_bounds_read(struct symbols_bounds *bounds, Elf *elf);
void symbols_bounds_finish(struct symbols_bounds *bounds);

/* Returns the end of the entry that contains `address` or, with `at_start`, begins there; 0: there
 * is none. */
uint64_t symbols_bounds_end(const struct symbols_bounds *bounds, uint64_t address, bool at_start);

#endif
