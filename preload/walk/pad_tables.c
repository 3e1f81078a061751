/*
 * pad_tables.c - unwind tables for the code of pads.
 *
 * A signal can interrupt a pad, and its handler can throw or cancel the thread. The unwinder then
 * asks for the tables of that address: libgcc since GCC 12 by _dl_find_object. The definition here
 * comes before libc's. For an address in a pad it makes a table of one row: the row that the
 * function's own tables have for the instruction whose work is done there. It forwards all other
 * addresses to libc's.
 *
 * The table is in thread-local memory: an unwinder finishes one frame before it asks for the next.
 * Nothing is registered, allocated or locked. Unwinders that use dl_iterate_phdr(3) (libgcc before
 * 12, libunwind) find no tables for a pad.
 */
#include "walk/pad_tables.h"

#include <link.h>
#include <stdbool.h>

#include "base/kernel.h"
#include "base/linkmap.h"
#include "code/pad.h"
#include "walk/frame_row.h"
#include "base/forbidden.h"

#ifdef DLFO_EH_SEGMENT_TYPE /* glibc 2.35 */

#define INSTRUCTIONS_MAX 64

enum {             /* DWARF 5, 7.24 */
    AT_CFA = 0x11, /* offset_extended_sf; offsets are in units of the data alignment, 1 */
    DEFINE_CFA = 0x12,
    VAL_CFA = 0x15,
};

/* LSB 4.1, 10.6: .eh_frame_hdr, without a search table, then .eh_frame. The addresses in it are
 * absolute, because there is no augmentation. */
struct __attribute__((packed, aligned(4))) table {
    uint8_t version, frame_encoding, count_encoding, table_encoding;
    uint64_t frame;
    struct __attribute__((packed)) {
        uint32_t size, id;
        uint8_t version, augmentation, code_alignment, data_alignment, return_address;
        uint8_t nops[3];
    } cie;
    struct __attribute__((packed)) {
        uint32_t size, to_cie;
        uint64_t start, length;
        uint8_t instructions[INSTRUCTIONS_MAX]; /* the rest is 0, a nop */
    } fde;
    uint32_t end;
};

/* The next definition, libc's. */
static int (*find_object)(void *address, struct dl_find_object *result);

void pad_tables_start(void)
{
    uint64_t found = linkmap_find_next("_dl_find_object", NULL);
    find_object = (int (*)(void *, struct dl_find_object *))found;
}

/* Appends an instruction with a register and a signed offset, an SLEB128 of ten bytes at most.
 * Returns NULL if there is no room, or if `at` is NULL. */
static uint8_t *pad_tables_put(
    uint8_t *at, const uint8_t *end, uint8_t operation, uint64_t reg, int64_t offset)
{
    if (at == NULL || end - at < 12)
        return NULL;
    *at++ = operation;
    *at++ = (uint8_t)reg; /* less than 128: a ULEB128 of one byte */
    for (bool is_last = false; !is_last; offset >>= 7) {
        is_last = offset >= -64 && offset < 64;
        *at++ = (uint8_t)((offset & 0x7f) | (is_last ? 0 : 0x80));
    }
    return at;
}

static uint8_t *put_rule(uint8_t *at, const uint8_t *end, uint8_t reg, const struct cfi_saved *rule)
{
    switch (rule->where) {
    case CFI_SAME: return at;
    case CFI_AT_CFA: return pad_tables_put(at, end, AT_CFA, reg, rule->value);
    case CFI_VAL_CFA: return pad_tables_put(at, end, VAL_CFA, reg, rule->value);
    default: return NULL; /* the beginning of a function has no other rules */
    }
}

static bool fill(struct table *table, uint64_t pc, const struct cfi_row *row)
{
    uint8_t *at = table->fde.instructions;
    const uint8_t *end = at + INSTRUCTIONS_MAX;
    if (row->is_signal_frame || row->cfa_is_expression)
        return false;
    *table = (struct table){.version = 1, .count_encoding = 0xff, .table_encoding = 0xff};
    table->frame = (uint64_t)&table->cie;
    table->cie.size = sizeof table->cie - sizeof table->cie.size;
    table->cie.version = 1;
    table->cie.code_alignment = table->cie.data_alignment = 1;
    table->cie.return_address = ARCH_RA;
    table->fde.size = sizeof table->fde - sizeof table->fde.size;
    table->fde.to_cie = (uint32_t)((char *)&table->fde.to_cie - (char *)&table->cie);
    table->fde.start = pc;
    table->fde.length = 1;
    at = pad_tables_put(at, end, DEFINE_CFA, row->cfa_register, row->cfa_value);
    for (uint8_t reg = 0; reg < ARCH_REGISTERS && at; reg++)
        if (reg != ARCH_SP)
            at = put_rule(at, end, reg, &row->saved[reg]);
    return at != NULL;
}

/* Not inlined: `work` is too large for the stack of a call that is only forwarded. */
__attribute__((noinline)) static int find_in_pad(
    uint64_t pc, const struct pad_place *place, struct dl_find_object *result)
{
    static __thread struct table table __attribute__((tls_model("initial-exec")));
    struct cfi_work work;
    if (find_object((void *)place->pc, result) != 0 ||
        frame_find_row((uint64_t)result->dlfo_eh_frame, place, &work) != CFI_FOUND ||
        !fill(&table, pc, &work.row))
        return -1;
    result->dlfo_map_start = (void *)pc;
    result->dlfo_map_end = (void *)(pc + 1);
    result->dlfo_eh_frame = &table;
    return 0;
}

/* As in glibc's manual, "Dynamic Linker Introspection". */
__attribute__((visibility("default"))) int _dl_find_object(
    void *address, struct dl_find_object *result)
{
    struct pad_place place = pad_place((uint64_t)address);
    if (find_object == NULL)
        return -1;
    if (place.is_pad)
        return find_in_pad((uint64_t)address, &place, result);
    return find_object(address, result);
}

#else

void pad_tables_start(void)
{
}

#endif
