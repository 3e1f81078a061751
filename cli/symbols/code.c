/*
 * code.c - what single instructions of a file refer to.
 */
#include "symbols/code.h"

#include <string.h>

#include "arch/references.h"

const uint8_t *symbols_code_bytes(Elf *elf, uint64_t address, uint64_t size)
{
    size_t file_size, count;
    const char *file = elf_rawfile(elf, &file_size);

    if (!file || elf_getphdrnum(elf, &count) != 0)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        GElf_Phdr header;
        if (!gelf_getphdr(elf, (int)i, &header) || header.p_type != PT_LOAD)
            continue;
        uint64_t offset = address - header.p_vaddr;
        if (address < header.p_vaddr || offset > header.p_filesz || header.p_filesz - offset < size)
            continue;
        if (header.p_offset > file_size || file_size - header.p_offset < offset + size)
            return NULL;
        return (const uint8_t *)file + header.p_offset + offset;
    }
    return NULL;
}

uint64_t symbols_code_offset(const uint8_t *bytes)
{
    int32_t value;

    memcpy(&value, bytes, sizeof(value));
    return (uint64_t)(int64_t)value;
}

bool symbols_code_relocation(Elf *elf, uint64_t slot, GElf_Rela *relocation, GElf_Shdr *header)
{
    Elf_Scn *section = NULL;

    while ((section = elf_nextscn(elf, section)) != NULL) {
        if (!gelf_getshdr(section, header) || header->sh_type != SHT_RELA)
            continue;
        Elf_Data *data = elf_getdata(section, NULL);
        for (int i = 0; data && gelf_getrela(data, i, relocation); i++) {
            if (relocation->r_offset == slot)
                return true;
        }
    }
    return false;
}

const char *symbols_code_slot(Elf *elf, uint64_t slot)
{
    GElf_Rela relocation;
    GElf_Shdr header, symbols;
    GElf_Sym symbol;

    if (!symbols_code_relocation(elf, slot, &relocation, &header))
        return NULL;
    Elf_Scn *section = elf_getscn(elf, header.sh_link);
    Elf_Data *data = section ? elf_getdata(section, NULL) : NULL;
    if (!data || !gelf_getshdr(section, &symbols) ||
        !gelf_getsym(data, (int)GELF_R_SYM(relocation.r_info), &symbol))
        return NULL;
    const char *name = elf_strptr(elf, symbols.sh_link, symbol.st_name);
    return name && *name ? name : NULL;
}

const char *symbols_code_plt(Elf *elf, uint64_t address)
{
    const uint8_t *code = symbols_code_bytes(elf, address, ARCH_PLT_SIZE);
    uint64_t slot = code ? arch_plt_slot(code, address) : 0;
    return slot ? symbols_code_slot(elf, slot) : NULL;
}

bool symbols_code_call(Elf *elf, uint64_t return_address, uint64_t *target, uint64_t *slot)
{
    const uint8_t *code = symbols_code_bytes(elf, return_address - ARCH_CALL_SIZE, ARCH_CALL_SIZE);

    *target = *slot = 0;
    return code && arch_call_before(code, return_address, target, slot);
}
