/*
 * lines.h - the line table of a compilation unit.
 */
#ifndef SYMBOLS_LINES_H
#define SYMBOLS_LINES_H

#include <elfutils/libdw.h>
#include <stdbool.h>
#include <stdint.h>

struct symbols_lines;

struct symbols_line {
    uint32_t file; /* number for dwarf_filesrc in the unit */
    uint32_t line, column;
};

/* Reads the line table of the unit whose entry is `entry`; without a table, the object finds
 * nothing. NULL when out of memory. */
struct symbols_lines *symbols_lines_create(const Dwarf_Die *entry);
void symbols_lines_destroy(struct symbols_lines *lines);

/* Returns whether the table covers `address`, and then sets *line. */
bool symbols_lines_find(
    const struct symbols_lines *lines, Dwarf_Addr address, struct symbols_line *line);

#endif
