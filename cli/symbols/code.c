/*
 * code.c - what single instructions of a file refer to.
 */
#include "symbols/code.h"

#include "arch/references.h"

struct elf_image symbols_code_image(Elf *elf)
{
    struct elf_image image = {.segments = elf64_getphdr(elf)};
    size_t count;

    image.file.bytes = (const uint8_t *)elf_rawfile(elf, &image.file.size);
    if (image.segments && image.file.bytes && elf_getphdrnum(elf, &count) == 0)
        image.segment_count = count;
    return image;
}

const uint8_t *symbols_code_bytes(Elf *elf, uint64_t address, uint64_t size)
{
    struct elf_image image = symbols_code_image(elf);
    struct elf_bytes found = elf_image_at(&image, address);

    return found.size < size ? NULL : found.bytes;
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

const char *symbols_code_symbol(Elf *elf, const GElf_Shdr *header, const GElf_Rela *relocation)
{
    GElf_Shdr symbols;
    GElf_Sym symbol;

    Elf_Scn *section = elf_getscn(elf, header->sh_link);
    Elf_Data *data = section ? elf_getdata(section, NULL) : NULL;
    if (!data || !gelf_getshdr(section, &symbols) ||
        !gelf_getsym(data, (int)GELF_R_SYM(relocation->r_info), &symbol))
        return NULL;
    const char *name = elf_strptr(elf, symbols.sh_link, symbol.st_name);
    return name && *name ? name : NULL;
}

const char *symbols_code_slot(Elf *elf, uint64_t slot)
{
    GElf_Rela relocation;
    GElf_Shdr header;

    if (!symbols_code_relocation(elf, slot, &relocation, &header))
        return NULL;
    return symbols_code_symbol(elf, &header, &relocation);
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
