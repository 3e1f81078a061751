/*
 * function_tables.c - all symbol tables of a file.
 */
#include "elf/function_tables.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "elf/c_library.h"
#include "elf/debug_file.h"
#include "elf/embedded.h"

static void function_tables_add(struct function_tables *tables, const struct elf_symbols *symbols)
{
    if (symbols->count > 0)
        tables->list[tables->count++] = *symbols;
}

int function_tables_open(struct function_tables *tables, const char *path)
{
    struct function_tables opened = {.count = 0};
    int error = elf_image_open(&opened.image, path);
    if (error != 0)
        return error;
    function_tables_add(&opened, &opened.image.dynamic);
    opened.is_c_library = c_library_is(&opened.image);
    *tables = opened;
    return 0;
}

void function_tables_open_all(struct function_tables *tables)
{
    if (tables->image.all.count > 0)
        return;
    elf_image_read_all(&tables->image);
    function_tables_add(tables, &tables->image.all);
}

int function_tables_open_debug(struct function_tables *tables, const char *path)
{
    function_tables_open_all(tables);
    if (tables->image.all.count > 0 || tables->debug.file.bytes || tables->embedded.count > 0)
        return 0;
    int error = debug_file_open(&tables->debug, &tables->image, path);
    if (error == 0) {
        function_tables_add(tables, &tables->debug.all);
        return 0;
    }
    if (elf_image_section(&tables->image, ".gnu_debugdata").bytes == NULL)
        return 0;
    error = symbols_embedded_read(&tables->embedded, path);
    if (error == 0)
        function_tables_add(tables, &tables->embedded);
    return error == -ENOMEM ? error : 0;
}

void function_tables_finish(struct function_tables *tables)
{
    free((void *)tables->embedded.list);
    free((void *)tables->embedded.strings);
    elf_image_close(&tables->debug);
    elf_image_close(&tables->image);
    *tables = (struct function_tables){.count = 0};
}

/* Section numbers from SHN_LORESERVE on are no sections; the value of a symbol there is no
 * address. */
static bool is_code(const struct function_tables *tables, const Elf64_Sym *symbol)
{
    return symbol->st_shndx != SHN_UNDEF && symbol->st_shndx < SHN_LORESERVE &&
           elf_image_code(&tables->image, symbol->st_value) != NULL;
}

bool function_tables_is_function(const struct function_tables *tables, const Elf64_Sym *symbol)
{
    unsigned type = ELF64_ST_TYPE(symbol->st_info);
    return (type == STT_FUNC || type == STT_GNU_IFUNC) && is_code(tables, symbol);
}

bool function_tables_is_label(const struct function_tables *tables, const Elf64_Sym *symbol)
{
    return ELF64_ST_TYPE(symbol->st_info) == STT_NOTYPE && is_code(tables, symbol);
}

bool function_tables_is_part(const char *suffix)
{
    const char *word = strstr(suffix, ".cold");
    return word != NULL && (word[5] == '\0' || word[5] == '.');
}
