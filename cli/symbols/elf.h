/*
 * elf.h - the functions of a file by its symbol tables.
 */
#ifndef SYMBOLS_ELF_H
#define SYMBOLS_ELF_H

#include <stdbool.h>
#include <stdint.h>

struct symbols_elf;
struct symbols_file;

/* Reads .symtab, of the file or of its separate debug file, .dynsym and minidebuginfo; finds
 * main in a program that has no symbol for it. NULL when out of memory. `file` must outlive it. */
struct symbols_elf *symbols_elf_create(const struct symbols_file *file);
void symbols_elf_destroy(struct symbols_elf *elf);

/* The name of the function around `address`, as it stands in the symbol table, or NULL. Of
 * several at one address the one that its callers know: exported, without underscores. */
const char *symbols_elf_find(const struct symbols_elf *elf, uint64_t address);

/* The same, but NULL where no function begins at `address`. */
const char *symbols_elf_find_start(const struct symbols_elf *elf, uint64_t address);

/* Whether the function around `address` has this name, too; versions and the suffixes of clones do
 * not count. */
bool symbols_elf_has_name(const struct symbols_elf *elf, uint64_t address, const char *name);

#endif
