/*
 * elf.h - the functions of a file according to its symbol tables.
 */
#ifndef SYMBOLS_ELF_H
#define SYMBOLS_ELF_H

#include <stdbool.h>
#include <stddef.h>
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

/* What begins at an address. */
struct symbols_elf_start {
    const char *name; /* as symbols_elf_find returns it */
    bool is_function; /* it is an ordinary function: no mere label, and no function that chooses
                       * another one (STT_GNU_IFUNC) */
    bool has_aliases; /* it has other names, too */
};

/* Returns false, and leaves *start unchanged, if no function begins at `address`. */
bool symbols_elf_find_start(
    const struct symbols_elf *elf, uint64_t address, struct symbols_elf_start *start);

/* Finds all names of the function that contains `address`, as in the symbol table. Sets *names to a
 * list (malloc'ed) of `*count` names; NULL and 0 if there is no function. Returns false when out of
 * memory. */
bool symbols_elf_names(
    const struct symbols_elf *elf, uint64_t address, const char ***names, size_t *count);

/* Returns whether the function that contains `address` begins where its description in .eh_frame
 * does. If it does not, code before it may belong to it. */
bool symbols_elf_is_one_function(const struct symbols_elf *elf, uint64_t address);

/* Returns whether a name in the symbol table is this name. Ignores versions and the suffixes of
 * clones. */
bool symbols_elf_is_name(const char *symbol, const char *name);

#endif
