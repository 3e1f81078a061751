/*
 * variables.h - the variables of a file according to its symbol tables.
 */
#ifndef ELF_VARIABLES_H
#define ELF_VARIABLES_H

#include <stdint.h>

struct file_identity;
struct variables;

/* NULL when out of memory. */
struct variables *variables_create(void);
void variables_destroy(struct variables *variables);

/* Returns the name, as in the symbol table, of the variable at an address in the file `path` if the
 * file has `identity`; NULL: not known. *offset is how far into the variable the address lies.
 * Looks in .symtab, of the file or its debug file, and in .dynsym. The name lives as long as
 * `variables`; it may end in the @VERSION and the suffixes of the compiler. */
const char *variables_name(struct variables *variables, const char *path,
    const struct file_identity *identity, uint64_t address, uint64_t *offset);

#endif
