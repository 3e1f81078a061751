/*
 * symbols_main.c - reads _start of a dynamically linked x86-64 program.
 *
 * What the C library's start files put there is a handful of forms: the address of main goes
 * to %rdi, then __libc_start_main is called (glibc, sysdeps/x86_64/start.S), through the
 * global offset table or, when older or relaxed by the linker, directly or through the plt.
 * Nothing is believed unless the relocation of that call names __libc_start_main.
 */
#include "symbols_main.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <gelf.h>
#include <string.h>

enum {
    start_size = 64,   /* bytes of _start that are read */
    main_to_call = 24, /* bytes between the two instructions, at most */
    load_size = 7,     /* of the instruction that loads main's address */
    plt_entry_size = 16,
};

/* The bytes of the file that are mapped at `address`, or NULL. */
static const uint8_t *bytes_at(Elf *elf, uint64_t address, size_t size)
{
    size_t file_size, count;
    const char *file = elf_rawfile(elf, &file_size);

    if (!file || elf_getphdrnum(elf, &count) != 0)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        GElf_Phdr header;
        if (!gelf_getphdr(elf, i, &header) || header.p_type != PT_LOAD)
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

static int32_t signed_32(const uint8_t *bytes)
{
    int32_t value;

    memcpy(&value, bytes, sizeof(value));
    return value;
}

static bool is_program(Elf *elf)
{
    size_t count = 0;
    GElf_Phdr header;

    if (elf_getphdrnum(elf, &count) != 0)
        return false;
    for (size_t i = 0; i < count; i++) {
        if (gelf_getphdr(elf, i, &header) && header.p_type == PT_INTERP)
            return true;
    }
    return false;
}

/* The relocation of the word at `slot`, with the section header of its table. */
static bool find_relocation(Elf *elf, uint64_t slot, GElf_Rela *relocation, GElf_Shdr *header)
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

static bool slot_is_of(Elf *elf, uint64_t slot, const char *wanted)
{
    GElf_Rela relocation;
    GElf_Shdr header, symbols;
    GElf_Sym symbol;

    if (!find_relocation(elf, slot, &relocation, &header))
        return false;
    Elf_Scn *section = elf_getscn(elf, header.sh_link);
    Elf_Data *data = section ? elf_getdata(section, NULL) : NULL;
    if (!data || !gelf_getshdr(section, &symbols) ||
        !gelf_getsym(data, (int)GELF_R_SYM(relocation.r_info), &symbol))
        return false;
    const char *name = elf_strptr(elf, symbols.sh_link, symbol.st_name);
    return name && strcmp(name, wanted) == 0;
}

/* Through `jmp *slot(%rip)`, before which endbr64 and a bnd prefix may stand. */
static bool plt_entry_is_of(Elf *elf, uint64_t address, const char *wanted)
{
    static const uint8_t endbr64[] = {0xf3, 0x0f, 0x1e, 0xfa};
    const uint8_t *code = bytes_at(elf, address, plt_entry_size);
    size_t at = 0;

    if (!code)
        return false;
    if (memcmp(code, endbr64, sizeof(endbr64)) == 0)
        at += sizeof(endbr64);
    if (code[at] == 0xf2)
        at++;
    if (code[at] != 0xff || code[at + 1] != 0x25)
        return false;
    uint64_t slot = address + at + 6 + (uint64_t)(int64_t)signed_32(code + at + 2);
    return slot_is_of(elf, slot, wanted);
}

/* Whether the instruction at `address` calls __libc_start_main. */
static bool is_start_call(Elf *elf, uint64_t address)
{
    const uint8_t *code = bytes_at(elf, address, 6);

    if (!code)
        return false;
    if (code[0] == 0xff && code[1] == 0x15) /* call *slot(%rip) */
        return slot_is_of(
            elf, address + 6 + (uint64_t)(int64_t)signed_32(code + 2), "__libc_start_main");
    if (code[0] == 0x67 && code[1] == 0xe8) /* addr32 call: the former, relaxed */
        return plt_entry_is_of(
            elf, address + 6 + (uint64_t)(int64_t)signed_32(code + 2), "__libc_start_main");
    if (code[0] == 0xe8)
        return plt_entry_is_of(
            elf, address + 5 + (uint64_t)(int64_t)signed_32(code + 1), "__libc_start_main");
    return false;
}

/* What the dynamic linker will put into the slot, less the address that the file is loaded at:
 * the addend of a relative relocation, or the word itself where that is packed (DT_RELR). */
static uint64_t relocated_word(Elf *elf, uint64_t slot)
{
    GElf_Rela relocation;
    GElf_Shdr header;
    uint64_t word = 0;

    if (find_relocation(elf, slot, &relocation, &header))
        return GELF_R_TYPE(relocation.r_info) == R_X86_64_RELATIVE ? (uint64_t)relocation.r_addend
                                                                   : 0;
    const uint8_t *bytes = bytes_at(elf, slot, sizeof(word));
    if (bytes)
        memcpy(&word, bytes, sizeof(word));
    return word;
}

/* What the instruction at `address` loads into %rdi, or 0. */
static uint64_t loaded_address(Elf *elf, uint64_t address)
{
    const uint8_t *code = bytes_at(elf, address, load_size);

    if (!code || code[0] != 0x48)
        return 0;
    uint64_t operand = (uint64_t)(int64_t)signed_32(code + 3);
    if (code[1] == 0x8d && code[2] == 0x3d) /* lea operand(%rip),%rdi */
        return address + load_size + operand;
    if (code[1] == 0xc7 && code[2] == 0xc7) /* mov $operand,%rdi */
        return operand;
    if (code[1] == 0x8b && code[2] == 0x3d) /* mov operand(%rip),%rdi */
        return relocated_word(elf, address + load_size + operand);
    return 0;
}

static uint64_t main_address(Elf *elf)
{
    GElf_Ehdr header;

    if (!gelf_getehdr(elf, &header) || header.e_machine != EM_X86_64)
        return 0;
    for (uint64_t at = header.e_entry; at < header.e_entry + start_size; at++) {
        uint64_t loaded = loaded_address(elf, at);
        for (uint64_t gap = 0; loaded && gap < main_to_call; gap++) {
            if (is_start_call(elf, at + load_size + gap))
                return loaded;
        }
    }
    return 0;
}

/* The encoding of the addresses in the entries of a CIE, or -1. Each letter after "z" has its
 * datum in the augmentation (Linux Standard Base, Core, "Exception Frames"). */
static int pointer_encoding(const Dwarf_CIE *cie)
{
    const uint8_t *data = cie->augmentation_data;
    if (cie->augmentation[0] != 'z' || !data)
        return -1;
    const uint8_t *end = data + cie->augmentation_data_size;
    for (const char *letter = cie->augmentation + 1; *letter && data < end; letter++) {
        if (*letter == 'R')
            return *data;
        if (*letter == 'L')
            data++;
        if (*letter == 'P')
            data += 1 + ((*data & 0x07) == DW_EH_PE_udata4 ? 4 : 8);
    }
    return -1;
}

struct eh_frame {
    const unsigned char *ident; /* of the ELF header */
    Elf_Data *data;
    uint64_t address;
};

static bool find_eh_frame(Elf *elf, struct eh_frame *frame)
{
    Elf_Scn *section = NULL;
    GElf_Shdr header;
    size_t names;

    if (elf_getshdrstrndx(elf, &names) != 0)
        return false;
    while ((section = elf_nextscn(elf, section)) != NULL) {
        if (!gelf_getshdr(section, &header))
            continue;
        const char *name = elf_strptr(elf, names, header.sh_name);
        if (!name || strcmp(name, ".eh_frame") != 0)
            continue;
        frame->ident = (const unsigned char *)elf_getident(elf, NULL);
        frame->data = elf_getdata(section, NULL);
        frame->address = header.sh_addr;
        return frame->data && frame->data->d_buf;
    }
    return false;
}

/* The bounds that an entry speaks of. Only the one encoding is read that assemblers write for
 * x86-64: four bytes relative to themselves, then the size in four. */
static bool read_bounds(
    const struct eh_frame *frame, const Dwarf_FDE *entry, uint64_t *low, uint64_t *size)
{
    const uint8_t *section = frame->data->d_buf;
    Dwarf_CFI_Entry common;
    Dwarf_Off next;

    if (entry->end - entry->start < 8)
        return false;
    if (dwarf_next_cfi(frame->ident, frame->data, true, entry->CIE_pointer, &next, &common) != 0 ||
        !dwarf_cfi_cie_p(&common) ||
        pointer_encoding(&common.cie) != (DW_EH_PE_pcrel | DW_EH_PE_sdata4))
        return false;
    *low = frame->address + (uint64_t)(entry->start - section) +
           (uint64_t)(int64_t)signed_32(entry->start);
    *size = (uint32_t)signed_32(entry->start + 4);
    return true;
}

static bool find_bounds(Elf *elf, uint64_t address, uint64_t *low, uint64_t *size)
{
    struct eh_frame frame;
    Dwarf_CFI_Entry entry;
    Dwarf_Off next = 0;

    if (!find_eh_frame(elf, &frame))
        return false;
    for (Dwarf_Off at = 0;
         dwarf_next_cfi(frame.ident, frame.data, true, at, &next, &entry) == 0 && next > at;
         at = next) {
        if (!dwarf_cfi_cie_p(&entry) && read_bounds(&frame, &entry.fde, low, size) &&
            address - *low < *size)
            return true;
    }
    return false;
}

bool symbols_main_find(Elf *elf, uint64_t *address, uint64_t *size)
{
    uint64_t found, low, length;

    if (!is_program(elf))
        return false;
    found = main_address(elf);
    if (!found || !find_bounds(elf, found, &low, &length) || low != found)
        return false;
    *address = low;
    *size = length;
    return true;
}
