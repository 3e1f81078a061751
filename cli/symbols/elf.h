/*
 * elf.h - the functions of a file according to its symbol tables.
 */
#ifndef SYMBOLS_ELF_H
#define SYMBOLS_ELF_H

#include <stdbool.h>
#include <stdint.h>

struct symbols_elf;
struct symbols_file;

/* Reads .symtab of the file or its separate debug file, .dynsym and minidebuginfo. Finds main in a
 * program that has no symbol for it. NULL when out of memory. `file` must outlive the object. */
struct symbols_elf *symbols_elf_create(const struct symbols_file *file);
void symbols_elf_destroy(struct symbols_elf *elf);

/* Returns the name of the function that contains `address`, as in the symbol table, or NULL. If
 * several names have one address, returns the one that callers use: exported, without
 * underscores. */
const char *symbols_elf_find(const struct symbols_elf *elf, uint64_t address);

/* The same, but NULL if no function begins at `address`. */
const char *symbols_elf_find_start(const struct symbols_elf *elf, uint64_t address);

/* Returns whether the function that contains `address` has this name, perhaps among others. Ignores
 * versions and the suffixes of clones. */
bool symbols_elf_has_name(const struct symbols_elf *elf, uint64_t address, const char *name);

#endif
