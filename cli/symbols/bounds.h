/*
 * bounds.h - where functions begin and end by the unwind tables, whatever the symbols say.
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

/* Reads .eh_frame, if there is one, into an object of zeroes. Returns 0 or -ENOMEM. */
int symbols_bounds_read(struct symbols_bounds *bounds, Elf *elf);
void symbols_bounds_finish(struct symbols_bounds *bounds);

/* The end of the entry that `address` is in, or, with `at_start`, begins; 0: there is none. */
uint64_t symbols_bounds_end(const struct symbols_bounds *bounds, uint64_t address, bool at_start);

#endif
