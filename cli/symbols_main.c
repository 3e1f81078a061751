/*
 * symbols_main.c - reads _start of a dynamically linked x86-64 program, and the call of main in
 * libc.
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

#include "symbols_code.h"

enum {
    start_size = 64,   /* bytes of _start that are read */
    main_to_call = 24, /* bytes between the two instructions, at most */
    load_size = 7,     /* of the instruction that loads main's address */
};

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

/* Whether the instruction at `address` calls __libc_start_main. */
static bool is_start_call(Elf *elf, uint64_t address)
{
    static const char wanted[] = "__libc_start_main";
    const uint8_t *code = symbols_code_bytes(elf, address, 6);
    const char *name = NULL;

    if (!code)
        return false;
    if (code[0] == 0xff && code[1] == 0x15) /* call *slot(%rip) */
        name = symbols_code_slot(elf, address + 6 + symbols_code_offset(code + 2));
    if (code[0] == 0x67 && code[1] == 0xe8) /* addr32 call: the former, relaxed */
        name = symbols_code_plt(elf, address + 6 + symbols_code_offset(code + 2));
    if (code[0] == 0xe8)
        name = symbols_code_plt(elf, address + 5 + symbols_code_offset(code + 1));
    return name && strcmp(name, wanted) == 0;
}

/* What the dynamic linker will put into the slot, less the address that the file is loaded at:
 * the addend of a relative relocation, or the word itself where that is packed (DT_RELR). */
static uint64_t relocated_word(Elf *elf, uint64_t slot)
{
    GElf_Rela relocation;
    GElf_Shdr header;
    uint64_t word = 0;

    if (symbols_code_relocation(elf, slot, &relocation, &header))
        return GELF_R_TYPE(relocation.r_info) == R_X86_64_RELATIVE ? (uint64_t)relocation.r_addend
                                                                   : 0;
    const uint8_t *bytes = symbols_code_bytes(elf, slot, sizeof(word));
    if (bytes)
        memcpy(&word, bytes, sizeof(word));
    return word;
}

/* What the instruction at `address` loads into %rdi, or 0. */
static uint64_t loaded_address(Elf *elf, uint64_t address)
{
    const uint8_t *code = symbols_code_bytes(elf, address, load_size);

    if (!code || code[0] != 0x48)
        return 0;
    uint64_t operand = symbols_code_offset(code + 3);
    if (code[1] == 0x8d && code[2] == 0x3d) /* lea operand(%rip),%rdi */
        return address + load_size + operand;
    if (code[1] == 0xc7 && code[2] == 0xc7) /* mov $operand,%rdi */
        return operand;
    if (code[1] == 0x8b && code[2] == 0x3d) /* mov operand(%rip),%rdi */
        return relocated_word(elf, address + load_size + operand);
    return 0;
}

uint64_t symbols_main_address(Elf *elf)
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

/* The address of a function that the file exports, or 0. */
static uint64_t exported_address(Elf *elf, const char *wanted)
{
    Elf_Scn *section = NULL;
    GElf_Shdr header;
    GElf_Sym symbol;

    while ((section = elf_nextscn(elf, section)) != NULL) {
        if (!gelf_getshdr(section, &header) || header.sh_type != SHT_DYNSYM)
            continue;
        Elf_Data *data = elf_getdata(section, NULL);
        for (int i = 0; data && gelf_getsym(data, i, &symbol); i++) {
            const char *name = elf_strptr(elf, header.sh_link, symbol.st_name);
            if (symbol.st_shndx != SHN_UNDEF && name && strcmp(name, wanted) == 0)
                return symbol.st_value;
        }
    }
    return 0;
}

/* `exit (main (...))` is `mov %eax,%edi; call exit` after the call of main, in __libc_start_main
 * or, since glibc 2.34, in the function that that has for it. No other call there is like it: what
 * constructors return is not looked at. */
bool symbols_main_is_called(Elf *libc, uint64_t return_address)
{
    static const uint8_t result_to_call[] = {0x89, 0xc7, 0xe8};
    const size_t size = sizeof(result_to_call) + 4;
    const uint8_t *code = symbols_code_bytes(libc, return_address, size);

    if (!code || memcmp(code, result_to_call, sizeof(result_to_call)) != 0)
        return false;
    uint64_t target = return_address + size + symbols_code_offset(code + sizeof(result_to_call));
    return target == exported_address(libc, "exit");
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
    *low = frame->address + (uint64_t)(entry->start - section) + symbols_code_offset(entry->start);
    *size = (uint32_t)symbols_code_offset(entry->start + 4);
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
    found = symbols_main_address(elf);
    if (!found || !find_bounds(elf, found, &low, &length) || low != found)
        return false;
    *address = low;
    *size = length;
    return true;
}
