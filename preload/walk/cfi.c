/*
 * cfi.c - finds the row of the unwind table that describes the frame at an address.
 */
#include "walk/cfi.h"

#include <stddef.h>

#include "base/kernel.h"
#include "base/forbidden.h"

/* Encodings of pointers: LSB 4.1, section 10.5.1. */
enum { PE_ABSPTR = 0x00, PE_ULEB = 0x01, PE_UDATA2 = 0x02, PE_UDATA4 = 0x03, PE_UDATA8 = 0x04 };
enum { PE_SLEB = 0x09, PE_SDATA2 = 0x0a, PE_SDATA4 = 0x0b, PE_SDATA8 = 0x0c };
enum { PE_PCREL = 0x10, PE_DATAREL = 0x30, PE_INDIRECT = 0x80, PE_OMIT = 0xff };

/* DWARF 5, table 7.29. */
enum {
    CFA_ADVANCE_LOC = 0x40,
    CFA_OFFSET = 0x80,
    CFA_RESTORE = 0xc0,
    CFA_NOP = 0x00,
    CFA_SET_LOC = 0x01,
    CFA_ADVANCE_LOC1 = 0x02,
    CFA_ADVANCE_LOC2 = 0x03,
    CFA_ADVANCE_LOC4 = 0x04,
    CFA_OFFSET_EXTENDED = 0x05,
    CFA_RESTORE_EXTENDED = 0x06,
    CFA_UNDEFINED = 0x07,
    CFA_SAME_VALUE = 0x08,
    CFA_REGISTER = 0x09,
    CFA_REMEMBER_STATE = 0x0a,
    CFA_RESTORE_STATE = 0x0b,
    CFA_DEF_CFA = 0x0c,
    CFA_DEF_CFA_REGISTER = 0x0d,
    CFA_DEF_CFA_OFFSET = 0x0e,
    CFA_DEF_CFA_EXPRESSION = 0x0f,
    CFA_EXPRESSION = 0x10,
    CFA_OFFSET_EXTENDED_SF = 0x11,
    CFA_DEF_CFA_SF = 0x12,
    CFA_DEF_CFA_OFFSET_SF = 0x13,
    CFA_VAL_OFFSET = 0x14,
    CFA_VAL_OFFSET_SF = 0x15,
    CFA_VAL_EXPRESSION = 0x16,
    CFA_GNU_ARGS_SIZE = 0x2e,
};

struct reader {
    const uint8_t *at, *end;
};

struct entry {
    uint64_t code_align;
    int64_t data_align;
    uint64_t start, size; /* the addresses that the FDE covers */
    uint8_t encoding;
    bool is_signal_frame, has_augmentation;
    struct reader initial, instructions;
};

uint64_t cfi_read_fixed(const uint8_t **at, const uint8_t *end, unsigned size)
{
    uint64_t value = 0;
    if (*at > end || (size_t)(end - *at) < size) {
        *at = end;
        return 0;
    }
    for (unsigned i = 0; i < size; i++)
        value |= (uint64_t)(*at)[i] << (8 * i);
    *at += size;
    return value;
}

uint64_t cfi_read_uleb(const uint8_t **at, const uint8_t *end)
{
    uint64_t value = 0;
    for (unsigned shift = 0; *at < end; shift += 7) {
        uint8_t byte = *(*at)++;
        if (shift < 64)
            value |= (uint64_t)(byte & 0x7f) << shift;
        if (!(byte & 0x80))
            break;
    }
    return value;
}

int64_t cfi_read_sleb(const uint8_t **at, const uint8_t *end)
{
    uint64_t value = 0;
    unsigned shift = 0;
    uint8_t byte = 0;
    while (*at < end) {
        byte = *(*at)++;
        if (shift < 64)
            value |= (uint64_t)(byte & 0x7f) << shift;
        shift += 7;
        if (!(byte & 0x80))
            break;
    }
    if (shift < 64 && byte & 0x40)
        value |= ~UINT64_C(0) << shift;
    return (int64_t)value;
}

static uint64_t read_fixed(struct reader *reader, unsigned size)
{
    return cfi_read_fixed(&reader->at, reader->end, size);
}

static uint64_t read_uleb(struct reader *reader)
{
    return cfi_read_uleb(&reader->at, reader->end);
}

static int64_t read_sleb(struct reader *reader)
{
    return cfi_read_sleb(&reader->at, reader->end);
}

/* The value without its base. */
static uint64_t read_encoded(struct reader *reader, uint8_t encoding)
{
    switch (encoding & 0x0f) {
    case PE_ULEB: return read_uleb(reader);
    case PE_UDATA2: return read_fixed(reader, 2);
    case PE_UDATA4: return read_fixed(reader, 4);
    case PE_SLEB: return (uint64_t)read_sleb(reader);
    case PE_SDATA2: return (uint64_t)(int64_t)(int16_t)read_fixed(reader, 2);
    case PE_SDATA4: return (uint64_t)(int64_t)(int32_t)read_fixed(reader, 4);
    default: return read_fixed(reader, 8);
    }
}

static uint64_t read_pointer(struct reader *reader, uint8_t encoding)
{
    uint64_t here = (uint64_t)reader->at;
    uint64_t value = read_encoded(reader, encoding);
    return (encoding & 0x70) == PE_PCREL ? here + value : value;
}

/* Whether there is a sorted table as linkers write it: pairs of 32-bit offsets from its start. */
static bool has_table(uint64_t eh_frame_hdr)
{
    const uint8_t *header = (const uint8_t *)eh_frame_hdr;
    return header[0] == 1 && header[2] != PE_OMIT && header[3] == (PE_DATAREL | PE_SDATA4);
}

/* The FDE whose start is the last one not after `address`. */
static const uint8_t *find_fde(uint64_t eh_frame_hdr, uint64_t address)
{
    const uint8_t *header = (const uint8_t *)eh_frame_hdr;
    struct reader reader = {header + 4, header + 20};
    read_encoded(&reader, header[1]);
    uint64_t count = read_encoded(&reader, header[2]);
    const int32_t(*pairs)[2] = (const void *)reader.at;
    int64_t wanted = (int64_t)(address - eh_frame_hdr);
    uint64_t low = 0, high = count;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        if (pairs[middle][0] <= wanted)
            low = middle + 1;
        else
            high = middle;
    }
    return low ? header + pairs[low - 1][1] : NULL;
}

static bool read_cie(const uint8_t *cie, struct entry *entry)
{
    struct reader reader = {cie, cie + 4};
    uint32_t length = (uint32_t)read_fixed(&reader, 4);
    if (length == 0xffffffff)
        return false;
    reader.end = reader.at + length;
    if (read_fixed(&reader, 4) != 0)
        return false;
    uint8_t version = (uint8_t)read_fixed(&reader, 1);
    if (version != 1 && version != 3)
        return false;
    const char *augmentation = (const char *)reader.at;
    reader.at += text_length(augmentation) + 1;
    entry->code_align = read_uleb(&reader);
    entry->data_align = read_sleb(&reader);
    uint64_t ra = version == 1 ? read_fixed(&reader, 1) : read_uleb(&reader);
    if (ra != ARCH_RA)
        return false;
    entry->encoding = PE_ABSPTR;
    if (augmentation[0] == 'z') {
        entry->has_augmentation = true;
        uint64_t size = read_uleb(&reader);
        struct reader data = {reader.at, reader.at + size};
        reader.at += size;
        for (const char *c = augmentation + 1; *c; c++) {
            switch (*c) {
            case 'R': entry->encoding = (uint8_t)read_fixed(&data, 1); break;
            case 'P': read_encoded(&data, (uint8_t)read_fixed(&data, 1)); break;
            case 'L': read_fixed(&data, 1); break;
            case 'S': entry->is_signal_frame = true; break;
            case 'B': break;
            default: return false;
            }
        }
    } else if (augmentation[0] != '\0') {
        return false;
    }
    entry->initial = reader;
    return true;
}

static bool read_fde(const uint8_t *fde, struct entry *entry)
{
    *entry = (struct entry){0};
    struct reader reader = {fde, fde + 8};
    uint32_t length = (uint32_t)read_fixed(&reader, 4);
    if (length == 0 || length == 0xffffffff)
        return false;
    reader.end = reader.at + length;
    const uint8_t *here = reader.at; /* the CIE's address is relative to this field */
    uint32_t distance = (uint32_t)read_fixed(&reader, 4);
    if (!read_cie(here - distance, entry))
        return false;
    entry->start = read_pointer(&reader, entry->encoding);
    entry->size = read_encoded(&reader, entry->encoding & 0x0f);
    if (entry->has_augmentation) {
        uint64_t size = read_uleb(&reader);
        reader.at += size;
    }
    entry->instructions = reader;
    return true;
}

static void set_saved(struct cfi_row *row, uint64_t reg, enum cfi_where where, int64_t value)
{
    if (reg < ARCH_REGISTERS)
        row->saved[reg] = (struct cfi_saved){.where = where, .value = value};
}

static void set_cfa(struct cfi_row *row, uint64_t reg, int64_t offset)
{
    row->cfa_is_expression = false;
    row->cfa_register = reg < ARCH_REGISTERS ? (uint8_t)reg : ARCH_RA; /* ARCH_RA is never a base */
    row->cfa_value = offset;
}

static void restore(struct cfi_row *row, const struct cfi_row *initial, uint64_t reg)
{
    if (reg < ARCH_REGISTERS)
        row->saved[reg] = initial->saved[reg];
}

struct cfi_expression cfi_open_expression(int64_t address)
{
    const uint8_t *at = (const uint8_t *)address;
    uint64_t size = cfi_read_uleb(&at, at + 10);
    return (struct cfi_expression){at, at + size};
}

/* Skips a block and returns its address. */
static int64_t skip_block(struct reader *reader)
{
    int64_t block = (int64_t)reader->at;
    uint64_t size = read_uleb(reader);
    uint64_t left = (uint64_t)(reader->end - reader->at);
    reader->at += size < left ? size : left;
    return block;
}

/* Runs instructions on work->row up to the row that contains `address`. Returns false at an unknown
 * instruction. */
static bool run(
    const struct entry *entry, struct reader reader, uint64_t address, struct cfi_work *work)
{
    const struct cfi_row *initial = &work->initial;
    struct cfi_row *row = &work->row;
    unsigned depth = 0;
    uint64_t location = entry->start, reg;
    int64_t scale = entry->data_align;
    while (reader.at < reader.end && location <= address) {
        uint8_t code = *reader.at++, low = code & 0x3f;
        switch (code & 0xc0) {
        case CFA_ADVANCE_LOC: location += low * entry->code_align; continue;
        case CFA_OFFSET:
            set_saved(row, low, CFI_AT_CFA, (int64_t)read_uleb(&reader) * scale);
            continue;
        case CFA_RESTORE: restore(row, initial, low); continue;
        default: break;
        }
        switch (code) {
        case CFA_NOP: break;
        case CFA_SET_LOC: location = read_pointer(&reader, entry->encoding); break;
        case CFA_ADVANCE_LOC1: location += read_fixed(&reader, 1) * entry->code_align; break;
        case CFA_ADVANCE_LOC2: location += read_fixed(&reader, 2) * entry->code_align; break;
        case CFA_ADVANCE_LOC4: location += read_fixed(&reader, 4) * entry->code_align; break;
        case CFA_OFFSET_EXTENDED:
            reg = read_uleb(&reader);
            set_saved(row, reg, CFI_AT_CFA, (int64_t)read_uleb(&reader) * scale);
            break;
        case CFA_OFFSET_EXTENDED_SF:
            reg = read_uleb(&reader);
            set_saved(row, reg, CFI_AT_CFA, read_sleb(&reader) * scale);
            break;
        case CFA_RESTORE_EXTENDED: restore(row, initial, read_uleb(&reader)); break;
        case CFA_UNDEFINED: set_saved(row, read_uleb(&reader), CFI_UNDEFINED, 0); break;
        case CFA_SAME_VALUE: set_saved(row, read_uleb(&reader), CFI_SAME, 0); break;
        case CFA_REGISTER:
            reg = read_uleb(&reader);
            set_saved(row, reg, CFI_IN_REGISTER, (int64_t)read_uleb(&reader));
            break;
        case CFA_REMEMBER_STATE:
            if (depth == CFI_REMEMBERED_MAX)
                return false;
            work->remembered[depth++] = *row;
            break;
        case CFA_RESTORE_STATE:
            if (depth == 0)
                return false;
            *row = work->remembered[--depth];
            break;
        case CFA_DEF_CFA:
            reg = read_uleb(&reader);
            set_cfa(row, reg, (int64_t)read_uleb(&reader));
            break;
        case CFA_DEF_CFA_SF:
            reg = read_uleb(&reader);
            set_cfa(row, reg, read_sleb(&reader) * scale);
            break;
        case CFA_DEF_CFA_REGISTER: set_cfa(row, read_uleb(&reader), row->cfa_value); break;
        case CFA_DEF_CFA_OFFSET: row->cfa_value = (int64_t)read_uleb(&reader); break;
        case CFA_DEF_CFA_OFFSET_SF: row->cfa_value = read_sleb(&reader) * scale; break;
        case CFA_DEF_CFA_EXPRESSION:
            row->cfa_is_expression = true;
            row->cfa_value = skip_block(&reader);
            break;
        case CFA_EXPRESSION:
            reg = read_uleb(&reader);
            set_saved(row, reg, CFI_AT_EXPRESSION, skip_block(&reader));
            break;
        case CFA_VAL_OFFSET:
            reg = read_uleb(&reader);
            set_saved(row, reg, CFI_VAL_CFA, (int64_t)read_uleb(&reader) * scale);
            break;
        case CFA_VAL_OFFSET_SF:
            reg = read_uleb(&reader);
            set_saved(row, reg, CFI_VAL_CFA, read_sleb(&reader) * scale);
            break;
        case CFA_VAL_EXPRESSION:
            reg = read_uleb(&reader);
            set_saved(row, reg, CFI_VAL_EXPRESSION, skip_block(&reader));
            break;
        case CFA_GNU_ARGS_SIZE: read_uleb(&reader); break;
        default: return false;
        }
    }
    return true;
}

enum cfi_result cfi_find_row(uint64_t eh_frame_hdr, uint64_t address, struct cfi_work *work)
{
    struct entry entry;
    if (eh_frame_hdr == 0)
        return CFI_NONE;
    if (!has_table(eh_frame_hdr))
        return CFI_UNKNOWN;
    const uint8_t *fde = find_fde(eh_frame_hdr, address);
    if (fde == NULL)
        return CFI_NONE;
    if (!read_fde(fde, &entry))
        return CFI_UNKNOWN;
    if (address - entry.start >= entry.size)
        return CFI_NONE;
    memory_zero(&work->initial, sizeof work->initial);
    work->initial.cfa_register = ARCH_RA;
    work->row = work->initial;
    if (!run(&entry, entry.initial, address, work))
        return CFI_UNKNOWN;
    work->initial = work->row;
    if (!run(&entry, entry.instructions, address, work))
        return CFI_UNKNOWN;
    work->row.is_signal_frame = entry.is_signal_frame;
    return CFI_FOUND;
}
