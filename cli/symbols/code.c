/*
 * code.c - the few instructions of x86-64 that name what they call.
 */
#include "symbols/code.h"

#include <string.h>

enum { plt_entry_size = 16, call_size = 5, indirect_call_size = 6 };

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

/* Through `jmp *slot(%rip)`, before which endbr64 and a bnd prefix may stand. */
const char *symbols_code_plt(Elf *elf, uint64_t address)
{
    static const uint8_t endbr64[] = {0xf3, 0x0f, 0x1e, 0xfa};
    const uint8_t *code = symbols_code_bytes(elf, address, plt_entry_size);
    uint64_t at = 0;

    if (!code)
        return NULL;
    if (memcmp(code, endbr64, sizeof(endbr64)) == 0)
        at += sizeof(endbr64);
    if (code[at] == 0xf2)
        at++;
    if (code[at] != 0xff || code[at + 1] != 0x25)
        return NULL;
    return symbols_code_slot(elf, address + at + 6 + symbols_code_offset(code + at + 2));
}

bool symbols_code_call(Elf *elf, uint64_t return_address, uint64_t *target, uint64_t *slot)
{
    const uint8_t *code = symbols_code_bytes(
        elf, return_address - indirect_call_size, indirect_call_size);

    *target = *slot = 0;
    if (!code)
        return false;
    if (code[0] == 0xff && code[1] == 0x15) /* call *slot(%rip) */
        *slot = return_address + symbols_code_offset(code + 2);
    else if (code[1] == 0xe8) /* call target */
        *target = return_address + symbols_code_offset(code + indirect_call_size - call_size + 1);
    return *slot || *target;
}
