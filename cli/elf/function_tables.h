/*
 * function_tables.h - all symbol tables of a file.
 */
#ifndef ELF_FUNCTION_TABLES_H
#define ELF_FUNCTION_TABLES_H

#include <stdbool.h>
#include <stddef.h>

#include "elf/image.h"

struct function_tables {
    struct elf_image image, debug;
    struct elf_symbols embedded; /* malloc'ed */
    struct elf_symbols list[3];  /* .dynsym first */
    size_t count;
    bool is_c_library; /* c_library.h */
};

/* Opens the file's .dynsym. Returns 0 or -errno. */
int function_tables_open(struct function_tables *tables, const char *path);

/* Adds .symtab if the file has one. */
void function_tables_open_all(struct function_tables *tables);

/* If the file has no .symtab, adds that of its debug file, or its own compressed one. Returns 0,
 * also if there is none, or -ENOMEM. */
int function_tables_open_debug(struct function_tables *tables, const char *path);
void function_tables_finish(struct function_tables *tables);

/* Return whether a symbol stands for code in the file: as a function, or as a mere label. */
bool function_tables_is_function(const struct function_tables *tables, const Elf64_Sym *symbol);
bool function_tables_is_label(const struct function_tables *tables, const Elf64_Sym *symbol);

/* Returns whether `suffix`, the end of a symbol's name after demangle_linkage_length, marks a part
 * of a function that lies elsewhere and is not entered from outside. */
bool function_tables_is_part(const char *suffix);

#endif
