/*
 * targets.c - the functions that call instructions of a file name.
 *
 * The bytes before a return address are read, not decoded from the beginning of the function, and
 * may belong to another call instruction than they seem to. But a direct call is taken for one only
 * if a function, or an entry of the PLT, begins exactly at its target. Of the other forms (Intel
 * SDM, CALL, "FF /2") a register, or an index, would have to make the byte 0xe8 five bytes before
 * the end, where forms of 6 bytes have a ModRM byte, which is never 0xe8 in FF /2; in shorter
 * forms, the operand would end in the instruction itself (0xff ...), which is a distance of more
 * than 100 MB. That leaves `call *table(%rax,%rbp,8)`, whose table would have to be as far from
 * zero as a function is from the call.
 */
#include "symbols/targets.h"

#include <stdlib.h>
#include <string.h>

#include "arch/machine.h"
#include "arch/references.h"
#include "base/array.h"
#include "base/path.h"
#include "elf/definitions.h"
#include "symbols/code.h"
#include "symbols/elf.h"

/* A word of the global offset table that holds the address of a function. */
struct targets_slot {
    uint64_t address;
    const char *name;
};

void symbols_targets_finish(struct symbols_targets *targets)
{
    free(targets->slots);
    *targets = (struct symbols_targets){.slot_count = 0};
}

static int compare_slots(const void *left, const void *right)
{
    const struct targets_slot *a = left, *b = right;
    return (a->address > b->address) - (a->address < b->address);
}

/* The program may write into other words that have the address of a function at first. */
static bool is_fixed(const GElf_Rela *relocation)
{
    uint64_t type = GELF_R_TYPE(relocation->r_info);
    return type == ARCH_RELOCATION_SYMBOL || type == ARCH_RELOCATION_CALL;
}

static void add_slots(struct symbols_targets *targets, Elf *elf, Elf_Scn *section)
{
    GElf_Shdr header;
    GElf_Rela relocation;
    if (gelf_getshdr(section, &header) == NULL || header.sh_type != SHT_RELA)
        return;
    Elf_Data *data = elf_getdata(section, NULL);
    for (int i = 0; data && gelf_getrela(data, i, &relocation); i++) {
        const char *name = is_fixed(&relocation) ? symbols_code_symbol(elf, &header, &relocation)
                                                 : NULL;
        if (name == NULL)
            continue;
        if (array_reserve(&targets->slots, targets->slot_count, 1, &targets->slot_room,
                sizeof *targets->slots) != 0)
            return;
        targets->slots[targets->slot_count++] = (struct targets_slot){relocation.r_offset, name};
    }
}

static void read_slots(struct symbols_targets *targets, Elf *elf)
{
    Elf_Scn *section = NULL;
    while ((section = elf_nextscn(elf, section)) != NULL)
        add_slots(targets, elf, section);
    if (targets->slot_count)
        qsort(targets->slots, targets->slot_count, sizeof *targets->slots, compare_slots);
    targets->has_slots = true;
}

static const char *name_slot(struct symbols_targets *targets, Elf *elf, uint64_t address)
{
    struct targets_slot key = {.address = address};
    if (!targets->has_slots)
        read_slots(targets, elf);
    const struct targets_slot *found = targets->slot_count
                                           ? bsearch(&key, targets->slots, targets->slot_count,
                                                 sizeof key, compare_slots)
                                           : NULL;
    return found ? found->name : NULL;
}

/* Returns the slot through which the code at this address jumps, if that is an entry of the PLT. */
static uint64_t slot_of_plt(Elf *elf, uint64_t address)
{
    const uint8_t *code = symbols_code_bytes(elf, address, ARCH_PLT_SIZE);
    return code ? arch_plt_slot(code, address) : 0;
}

static bool is_c_library(const char *path)
{
    const char *base = path_base_name(path);
    return strncmp(base, "libc.so", 7) == 0 || strncmp(base, "libc-2.", 7) == 0;
}

static struct symbol_target find_direct(const struct targets_place *place, uint64_t address)
{
    struct symbols_elf_start start;
    if (!place->symbols || !symbols_elf_find_start(place->symbols, address, &start))
        return (struct symbol_target){.linkage_name = NULL};
    return (struct symbol_target){.linkage_name = start.name,
        .home = start.is_function ? SYMBOL_HOME_HERE : SYMBOL_HOME_UNKNOWN,
        .has_aliases = start.has_aliases};
}

static struct symbol_target find_imported(const struct targets_place *place, const char *name)
{
    struct definition definition = definitions_find(place->definitions, name);
    struct symbol_target found = {.linkage_name = name, .has_aliases = definition.has_aliases};
    if (definition.path == NULL)
        return found;
    if (strcmp(definition.path, place->path) == 0) {
        found = find_direct(place, definition.address);
        found.linkage_name = name;
        return found;
    }
    found.home = is_c_library(definition.path) ? SYMBOL_HOME_C_LIBRARY : SYMBOL_HOME_ELSEWHERE;
    return found;
}

struct symbol_target symbols_targets_find(
    struct symbols_targets *targets, const struct targets_place *place, uint64_t return_address)
{
    struct symbol_target found = {.linkage_name = NULL};
    uint64_t code, slot;
    if (!symbols_code_call(place->file, return_address, &code, &slot))
        return found;
    if (code)
        found = find_direct(place, code);
    if (found.linkage_name)
        return found;
    slot = code ? slot_of_plt(place->file, code) : slot;
    const char *name = slot ? name_slot(targets, place->file, slot) : NULL;
    return name ? find_imported(place, name) : found;
}
