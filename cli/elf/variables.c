/*
 * variables.c - the variables of a file according to its symbol tables.
 *
 * There are few lookups, so the tables are neither sorted nor copied. A file stays open: the names
 * lie in it.
 */
#include "elf/variables.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file_identity.h"
#include "elf/function_tables.h"

struct variables_file {
    struct variables_file *next;
    char *path;
    struct file_identity identity;
    bool is_open; /* it is the file that ran, and it could be read */
    struct function_tables tables;
};

struct variables {
    struct variables_file *files;
};

struct variables *variables_create(void)
{
    return calloc(1, sizeof(struct variables));
}

void variables_destroy(struct variables *variables)
{
    while (variables && variables->files) {
        struct variables_file *file = variables->files;
        variables->files = file->next;
        if (file->is_open)
            function_tables_finish(&file->tables);
        free(file->path);
        free(file);
    }
    free(variables);
}

/* ---- files ---- */

static bool has_status(const char *path, const struct file_identity *identity)
{
    struct stat status;
    return stat(path, &status) == 0 && status.st_dev == identity->device &&
           status.st_ino == identity->inode &&
           (uint64_t)status.st_ctim.tv_sec * 1000000000 + (uint64_t)status.st_ctim.tv_nsec ==
               identity->changed_ns;
}

static bool is_file_that_ran(
    const struct elf_image *image, const char *path, const struct file_identity *identity)
{
    struct elf_bytes id = elf_image_build_id(image);
    if (identity->build_id_size == 0)
        return has_status(path, identity);
    return id.size >= identity->build_id_size &&
           memcmp(id.bytes, identity->build_id, identity->build_id_size) == 0;
}

static void variables_open_file(struct variables_file *file)
{
    struct function_tables *tables = &file->tables;
    if (function_tables_open(tables, file->path) != 0)
        return;
    file->is_open = is_file_that_ran(&tables->image, file->path, &file->identity) &&
                    function_tables_open_debug(tables, file->path) == 0;
    if (!file->is_open)
        function_tables_finish(tables);
}

static struct variables_file *add_file(
    struct variables *variables, const char *path, const struct file_identity *identity)
{
    struct variables_file *file = calloc(1, sizeof *file);
    if (file)
        file->path = strdup(path);
    if (file == NULL || file->path == NULL) {
        free(file);
        return NULL;
    }
    file->identity = *identity;
    file->next = variables->files;
    variables->files = file;
    variables_open_file(file);
    return file;
}

static const struct variables_file *variables_find_file(
    struct variables *variables, const char *path, const struct file_identity *identity)
{
    for (const struct variables_file *file = variables->files; file; file = file->next)
        if (strcmp(file->path, path) == 0 &&
            memcmp(&file->identity, identity, sizeof *identity) == 0)
            return file;
    return add_file(variables, path, identity);
}

/* ---- symbols ---- */

static bool holds(const Elf64_Sym *symbol, uint64_t address)
{
    return ELF64_ST_TYPE(symbol->st_info) == STT_OBJECT && symbol->st_shndx != SHN_UNDEF &&
           symbol->st_shndx < SHN_LORESERVE && address >= symbol->st_value &&
           address - symbol->st_value < (symbol->st_size ? symbol->st_size : 1);
}

/* Of several names for one variable, the one that sources use has fewer underscores at its
 * beginning. */
static bool variables_is_better(const struct elf_symbols *symbols, const Elf64_Sym *symbol,
    const Elf64_Sym *best, const char *best_name)
{
    if (best == NULL || symbol->st_size != best->st_size)
        return best == NULL || symbol->st_size < best->st_size;
    return strspn(elf_symbols_name(symbols, symbol), "_") < strspn(best_name, "_");
}

const char *variables_name(struct variables *variables, const char *path,
    const struct file_identity *identity, uint64_t address, uint64_t *offset)
{
    const struct variables_file *file = variables_find_file(variables, path, identity);
    const Elf64_Sym *best = NULL;
    const char *name = NULL;
    for (size_t i = 0; file && file->is_open && i < file->tables.count; i++) {
        const struct elf_symbols *symbols = &file->tables.list[i];
        for (size_t k = 1; k < symbols->count; k++) {
            const Elf64_Sym *symbol = &symbols->list[k];
            if (!holds(symbol, address) || !variables_is_better(symbols, symbol, best, name))
                continue;
            best = symbol;
            name = elf_symbols_name(symbols, symbol);
        }
    }
    if (best == NULL || *name == '\0')
        return NULL;
    *offset = address - best->st_value;
    return name;
}
