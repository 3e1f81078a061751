/*
 * frame.c - finds the end of a function in .eh_frame.
 *
 * .eh_frame_hdr has a table, sorted by address, of the entries (FDE) of .eh_frame: Linux Standard
 * Base, "Exception Frames". Only the encodings that linkers use are supported.
 */
#include "elf/frame.h"

#include <stddef.h>
#include <string.h>

#include "base/leb128.h"
#include "elf/image.h"

/* DW_EH_PE_...: only files that know DWARF include dwarf.h. */
enum {
    ENCODED_ADDRESS = 0x00, /* 8 bytes */
    ENCODED_UINT32 = 0x03,
    ENCODED_UINT64 = 0x04,
    ENCODED_INT32 = 0x0b,
    ENCODED_INT64 = 0x0c,
    ENCODED_OMITTED = 0xff,
    HEADER_TABLE = 0x3b, /* signed, 4 bytes, relative to the beginning of .eh_frame_hdr */
};

/* The address of code, and that of its entry in .eh_frame. */
struct place {
    int32_t code, entry;
};

struct table {
    const struct place *places;
    size_t count;
    uint64_t base; /* the address to which they are relative */
};

static bool elf_frame_find_table(const struct elf_image *image, struct table *table)
{
    for (size_t i = 0; i < image->segment_count; i++) {
        const Elf64_Phdr *segment = &image->segments[i];
        if (segment->p_type != PT_GNU_EH_FRAME)
            continue;
        struct elf_bytes header = elf_image_at(image, segment->p_vaddr);
        uint32_t count;
        if (header.size < 12 || (uintptr_t)header.bytes % 4 != 0 || header.bytes[0] != 1 ||
            header.bytes[2] != ENCODED_UINT32 || header.bytes[3] != HEADER_TABLE)
            return false;
        memcpy(&count, header.bytes + 8, sizeof count);
        if (count > (header.size - 12) / 8)
            return false;
        *table = (struct table){(const void *)(header.bytes + 12), count, segment->p_vaddr};
        return true;
    }
    return false;
}

static bool read_uleb(struct elf_bytes *from, uint64_t *value)
{
    const uint8_t *end = from->bytes + from->size;
    bool is_whole = leb128_read(&from->bytes, end, false, value);
    from->size = (size_t)(end - from->bytes);
    return is_whole;
}

static bool elf_frame_skip(struct elf_bytes *from, size_t size)
{
    if (from->size < size)
        return false;
    from->bytes += size;
    from->size -= size;
    return true;
}

/* Skips the data that a letter of an augmentation string stands for. */
static bool skip_augmentation(struct elf_bytes *from, char letter)
{
    if (letter == 'L')
        return elf_frame_skip(from, 1);
    if (letter != 'P' || from->size == 0)
        return letter == 'S' || letter == 'B';
    uint8_t encoding = *from->bytes & 0xf;
    bool is_short = encoding == ENCODED_UINT32 || encoding == ENCODED_INT32;
    return elf_frame_skip(from, is_short ? 5 : 9);
}

/* Returns the encoding of addresses in the entries that belong to a CIE. */
static uint8_t address_encoding(struct elf_bytes cie)
{
    uint64_t ignored;
    if (cie.size < 10)
        return ENCODED_OMITTED;
    const char *letters = (const char *)cie.bytes + 9; /* after length, id and version */
    size_t length = strnlen(letters, cie.size - 9);
    if (!elf_frame_skip(&cie, 9 + length + 1))
        return ENCODED_OMITTED;
    if (*letters == '\0')
        return ENCODED_ADDRESS;
    /* Skip the alignments (the second one is signed, but has the same length), the return address,
     * and the size of the rest, which 'z' stands for. */
    for (int i = 0; i < 4; i++)
        if (*letters != 'z' || !read_uleb(&cie, &ignored))
            return ENCODED_OMITTED;
    while (*++letters != '\0') {
        if (*letters == 'R')
            return cie.size > 0 ? *cie.bytes : ENCODED_OMITTED;
        if (!skip_augmentation(&cie, *letters))
            return ENCODED_OMITTED;
    }
    return ENCODED_ADDRESS;
}

static uint64_t range_size(struct elf_bytes fde, uint8_t encoding)
{
    uint64_t size = 0;
    switch (encoding & 0xf) {
    case ENCODED_UINT32:
    case ENCODED_INT32:
        if (fde.size >= 16)
            memcpy(&size, fde.bytes + 12, 4);
        return size;
    case ENCODED_ADDRESS:
    case ENCODED_UINT64:
    case ENCODED_INT64:
        if (fde.size >= 24)
            memcpy(&size, fde.bytes + 16, 8);
        return size;
    }
    return 0;
}

uint64_t elf_frame_end(const struct elf_image *image, uint64_t address, bool at_start)
{
    struct table table;
    if (!elf_frame_find_table(image, &table))
        return 0;
    size_t low = 0, high = table.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (table.base + (uint64_t)table.places[middle].code <= address)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0)
        return 0;
    const struct place *place = &table.places[low - 1];
    uint64_t start = table.base + (uint64_t)place->code;
    uint64_t where = table.base + (uint64_t)place->entry;
    if (at_start && address != start)
        return 0;
    struct elf_bytes fde = elf_image_at(image, where);
    uint32_t length, distance; /* distance: from its own place back to the CIE */
    if (fde.size < 8)
        return 0;
    memcpy(&length, fde.bytes, sizeof length);
    memcpy(&distance, fde.bytes + 4, sizeof distance);
    if (length == UINT32_MAX) /* a 64-bit length follows: no tool writes that */
        return 0;
    uint64_t size = range_size(fde, address_encoding(elf_image_at(image, where + 4 - distance)));
    return address - start < size ? start + size : 0;
}
