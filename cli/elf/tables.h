/*
 * tables.h - the symbol tables of a file, wherever they are.
 */
#ifndef ELF_TABLES_H
#define ELF_TABLES_H

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

/* Opens .dynsym of the file. Returns 0 or -errno. */
int function_tables_open(struct function_tables *tables, const char *path);

/* Adds .symtab, if there is one. */
void function_tables_open_all(struct function_tables *tables);

/* Adds, where there is no .symtab, that of the debug file, or what the file carries along
 * compressed. Returns 0, also when there is none, or -ENOMEM. */
int function_tables_open_debug(struct function_tables *tables, const char *path);
void function_tables_finish(struct function_tables *tables);

/* Whether a symbol stands for code in the file: typed as a function, or a mere label. */
bool function_tables_is_function(const struct function_tables *tables, const Elf64_Sym *symbol);
bool function_tables_is_label(const struct function_tables *tables, const Elf64_Sym *symbol);

/* Whether `suffix`, which demangle_linkage_length leaves of a symbol's name, says that the
 * symbol is a part of its function that lies elsewhere, and not entered from outside. */
bool function_tables_is_part(const char *suffix);

#endif
