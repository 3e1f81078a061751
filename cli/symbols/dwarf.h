/*
 * dwarf.h - functions, lines and inlined chains from the debugging information.
 */
#ifndef SYMBOLS_DWARF_H
#define SYMBOLS_DWARF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct demangler;
struct symbol_frame;
struct symbols_dwarf;
struct symbols_file;

/* Reads the debugging information of `file`, unless it is not wanted; without any, the object finds
 * nothing. NULL when out of memory. `file` and `demangler` must outlive the object, and the object
 * the strings in its frames. */
struct symbols_dwarf *symbols_dwarf_create(
    const struct symbols_file *file, struct demangler *demangler, bool is_wanted);
void symbols_dwarf_destroy(struct symbols_dwarf *dwarf);

/* Sets *frames to the chain at `address`, outermost frame first, malloc'ed; *count is 0 and *frames
 * NULL if nothing is known. A frame's linkage_name is NULL if the debugging information has none.
 * Returns 0 or -ENOMEM. */
int symbols_dwarf_chain(
    struct symbols_dwarf *dwarf, uint64_t address, struct symbol_frame **frames, size_t *count);

#endif
