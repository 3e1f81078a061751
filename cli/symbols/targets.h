/*
 * targets.h - the functions that call instructions of a file name.
 */
#ifndef SYMBOLS_TARGETS_H
#define SYMBOLS_TARGETS_H

#include <gelf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "symbols/frame.h"

struct definitions;
struct symbols_elf;

/* What was read of one file so far. A zeroed object is empty. */
struct symbols_targets {
    struct targets_slot *slots; /* by address; malloc'ed */
    size_t slot_count, slot_room;
    bool has_slots;
};

/* Where to look. */
struct targets_place {
    Elf *file;
    const char *path;
    const struct symbols_elf *symbols; /* NULL: there are none */
    struct definitions *definitions;
};

void symbols_targets_finish(struct symbols_targets *targets);

/* Finds the function that the call before `return_address` calls; its name is NULL if the
 * instruction does not tell. Only the linkage name is set. */
struct symbol_target symbols_targets_find(
    struct symbols_targets *targets, const struct targets_place *place, uint64_t return_address);

#endif
