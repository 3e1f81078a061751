/*
 * unit.h - one compilation unit: its functions, the calls that are inlined in them, its lines.
 */
#ifndef SYMBOLS_UNIT_H
#define SYMBOLS_UNIT_H

#include <elfutils/libdw.h>
#include <stddef.h>
#include <stdint.h>

struct demangler;
struct symbol_frame;
struct symbols_unit;

/* Reads the unit whose entry is `entry` (for split DWARF: the skeleton's). NULL when out of
 * memory. */
struct symbols_unit *symbols_unit_create(const Dwarf_Die *entry);
void symbols_unit_destroy(struct symbols_unit *unit);

/* As symbols_dwarf_chain; `address` is one of the debugging information. */
int symbols_unit_chain(struct symbols_unit *unit, struct demangler *demangler, Dwarf_Addr address,
    struct symbol_frame **frames, size_t *count);

#endif
