/*
 * main.c - reads _start of a dynamically linked program, and the call of main in libc.
 *
 * The C library's start files use only a few forms: the address of main is loaded as the first
 * argument, then __libc_start_main is called (glibc, start.S), through the global offset table or,
 * in older or relaxed code, directly or through the PLT. The result is used only if the relocation
 * of that call names __libc_start_main.
 */
#include "symbols/main.h"

#include <gelf.h>
#include <string.h>

#include "arch/machine.h"
#include "arch/references.h"
#include "elf/frame.h"
#include "symbols/code.h"

enum {
    start_size = 64,   /* how many bytes of _start are read */
    main_to_call = 24, /* bytes between the two instructions, at most */
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

/* Returns whether the instruction at `address` calls __libc_start_main. */
static bool is_start_call(Elf *elf, uint64_t address)
{
    static const char wanted[] = "__libc_start_main";
    const uint8_t *code = symbols_code_bytes(elf, address, ARCH_CALL_SIZE);
    uint64_t target, slot;

    if (!code || !arch_call_at(code, address, &target, &slot))
        return false;
    const char *name = slot ? symbols_code_slot(elf, slot) : symbols_code_plt(elf, target);
    return name && strcmp(name, wanted) == 0;
}

/* Returns what the dynamic linker will put into the slot, minus the load address of the file: the
 * addend of a relative relocation, or the word itself if the relocation is packed (DT_RELR). */
static uint64_t relocated_word(Elf *elf, uint64_t slot)
{
    GElf_Rela relocation;
    GElf_Shdr header;
    uint64_t word = 0;

    if (symbols_code_relocation(elf, slot, &relocation, &header))
        return GELF_R_TYPE(relocation.r_info) == ARCH_RELOCATION_BASE
                   ? (uint64_t)relocation.r_addend
                   : 0;
    const uint8_t *bytes = symbols_code_bytes(elf, slot, sizeof(word));
    if (bytes)
        memcpy(&word, bytes, sizeof(word));
    return word;
}

/* Returns what the instruction at `address` loads as the first argument, or 0. */
static uint64_t loaded_address(Elf *elf, uint64_t address)
{
    const uint8_t *code = symbols_code_bytes(elf, address, ARCH_LOAD_SIZE);
    uint64_t value, slot;

    if (!code || !arch_argument_load(code, address, &value, &slot))
        return 0;
    return slot ? relocated_word(elf, slot) : value;
}

uint64_t symbols_main_address(Elf *elf)
{
    GElf_Ehdr header;

    if (!gelf_getehdr(elf, &header) || header.e_machine != ARCH_MACHINE)
        return 0;
    for (uint64_t at = header.e_entry; at < header.e_entry + start_size; at++) {
        uint64_t loaded = loaded_address(elf, at);
        for (uint64_t gap = 0; loaded && gap < main_to_call; gap++) {
            if (is_start_call(elf, at + ARCH_LOAD_SIZE + gap))
                return loaded;
        }
    }
    return 0;
}

/* Returns the address of a function that the file exports, or 0. */
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

/* The call exit(main(...)) is in __libc_start_main or, since glibc 2.34, in a function that it
 * calls. No other call there passes a result to exit: the results of constructors are ignored. */
bool symbols_main_is_called(Elf *libc, uint64_t return_address)
{
    const uint8_t *code = symbols_code_bytes(libc, return_address, ARCH_RESULT_CALL_SIZE);
    uint64_t target = code ? arch_result_call(code, return_address) : 0;
    return target && target == exported_address(libc, "exit");
}

/* In all versions of glibc, _start calls within so many bytes from its beginning. The dynamic
 * linker calls the constructors of libraries there, too (_dl_start_user). */
bool symbols_main_is_entry(Elf *elf, uint64_t return_address)
{
    GElf_Ehdr header;

    return gelf_getehdr(elf, &header) && header.e_entry != 0 && return_address > header.e_entry &&
           return_address - header.e_entry <= start_size;
}

bool symbols_main_find(Elf *elf, uint64_t *address, uint64_t *size)
{
    struct elf_image image = symbols_code_image(elf);

    if (!is_program(elf))
        return false;
    uint64_t found = symbols_main_address(elf);
    uint64_t end = found ? elf_frame_end(&image, found, true) : 0;
    *address = found;
    *size = end - found;
    return end != 0;
}
