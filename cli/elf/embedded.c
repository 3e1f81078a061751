/*
 * embedded.c - the compressed symbol table inside a stripped file.
 *
 * libdwfl decompresses it. libdwfl must not search for debug files, because it would ask a server
 * for them, so it is told that there are none.
 */
#include "elf/embedded.h"

#include <elfutils/libdwfl.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "elf/image.h"

static int find_no_debuginfo(Dwfl_Module *module, void **userdata, const char *module_name,
    Dwarf_Addr base, const char *file_name, const char *debuglink_file, GElf_Word debuglink_crc,
    char **debuginfo_file_name)
{
    (void)module, (void)userdata, (void)module_name, (void)base, (void)file_name;
    (void)debuglink_file, (void)debuglink_crc, (void)debuginfo_file_name;
    return -1;
}

/* Copies the symbols that libdwfl has read; the names go to `strings`. */
static int embedded_copy(Elf64_Sym *list, FILE *strings, Dwfl_Module *module, int count)
{
    long at = 0;
    for (int i = 0; i < count; i++) {
        GElf_Sym symbol;
        GElf_Addr address;
        const char *name = dwfl_module_getsym_info(module, i, &symbol, &address, NULL, NULL, NULL);
        list[i] = (Elf64_Sym){.st_shndx = SHN_UNDEF};
        if (name == NULL)
            continue;
        list[i] = symbol;
        list[i].st_value = address;
        list[i].st_name = (uint32_t)at;
        at += fprintf(strings, "%s%c", name, '\0');
    }
    return ferror(strings) ? -ENOMEM : 0;
}

static int read_module(struct elf_symbols *symbols, Dwfl_Module *module)
{
    char *text = NULL;
    size_t size = 0;
    int count = module ? dwfl_module_getsymtab(module) : 0;
    if (count <= 0)
        return -ENOENT;
    Elf64_Sym *list = calloc((size_t)count, sizeof *list);
    FILE *strings = open_memstream(&text, &size);
    int error = list && strings ? embedded_copy(list, strings, module, count) : -ENOMEM;
    if (strings != NULL && fclose(strings) != 0)
        error = -ENOMEM;
    if (error == 0) {
        *symbols = (struct elf_symbols){list, (size_t)count, text, size};
        return 0;
    }
    free(list);
    free(text);
    return error;
}

int symbols_embedded_read(struct elf_symbols *symbols, const char *path)
{
    static const Dwfl_Callbacks callbacks = {
        .find_elf = dwfl_build_id_find_elf,
        .find_debuginfo = find_no_debuginfo,
        .section_address = dwfl_offline_section_address,
    };
    Dwfl *dwfl = dwfl_begin(&callbacks);
    if (dwfl == NULL)
        return -ENOMEM;
    dwfl_report_begin(dwfl);
    Dwfl_Module *module = dwfl_report_elf(dwfl, path, path, -1, 0, true);
    dwfl_report_end(dwfl, NULL, NULL);
    int error = read_module(symbols, module);
    dwfl_end(dwfl);
    return error;
}
