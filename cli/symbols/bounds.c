/*
 * bounds.c - the entries of .eh_frame as ranges of addresses.
 */
#include "symbols/bounds.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <errno.h>
#include <gelf.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "symbols/code.h"

struct symbols_bound {
    uint64_t low, high;
};

/* Returns the encoding of the addresses in the entries of a CIE, or -1. Each letter after "z" has
 * its data in the augmentation (Linux Standard Base, Core, "Exception Frames"). */
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

/* Reads the bounds of an entry. Only the encoding that assemblers write for x86-64 is supported:
 * four bytes relative to themselves, then the size in four bytes. */
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

static int compare_bounds(const void *left, const void *right)
{
    const struct symbols_bound *a = left, *b = right;

    return (a->low > b->low) - (a->low < b->low);
}

int symbols_bounds_read(struct symbols_bounds *bounds, Elf *elf)
{
    struct eh_frame frame;
    Dwarf_CFI_Entry entry;
    Dwarf_Off next = 0;
    uint64_t low, size;
    size_t capacity = 0;

    if (!find_eh_frame(elf, &frame))
        return 0;
    for (Dwarf_Off at = 0;
         dwarf_next_cfi(frame.ident, frame.data, true, at, &next, &entry) == 0 && next > at;
         at = next) {
        if (dwarf_cfi_cie_p(&entry) || !read_bounds(&frame, &entry.fde, &low, &size) || size == 0)
            continue;
        if (array_reserve(&bounds->list, bounds->count, 1, &capacity, sizeof *bounds->list) != 0)
            return -ENOMEM;
        bounds->list[bounds->count++] = (struct symbols_bound){low, low + size};
    }
    if (bounds->count)
        qsort(bounds->list, bounds->count, sizeof(*bounds->list), compare_bounds);
    return 0;
}

void symbols_bounds_finish(struct symbols_bounds *bounds)
{
    free(bounds->list);
    *bounds = (struct symbols_bounds){0};
}

uint64_t symbols_bounds_end(const struct symbols_bounds *bounds, uint64_t address, bool at_start)
{
    size_t low = 0, high = bounds->count;

    while (low < high) { /* finds the first that begins after the address */
        size_t middle = low + (high - low) / 2;
        if (bounds->list[middle].low <= address)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0)
        return 0;
    const struct symbols_bound *found = &bounds->list[low - 1];
    if (address >= found->high || (at_start && address != found->low))
        return 0;
    return found->high;
}
