/*
 * displacement.h - the displaced instructions of a function, while they are examined.
 */
#ifndef ARCH_X86_64_DECODER_DISPLACEMENT_H
#define ARCH_X86_64_DECODER_DISPLACEMENT_H

#include <Zydis/Zydis.h>
#include <stdbool.h>
#include <stdint.h>

#include "arch/code.h"
#include "hook_plan.h"

/* Instructions of Intel's manual, volume 2. */
#define CALL_NEAR  0xe8
#define JUMP_NEAR  0xe9
#define JUMP_SHORT 0xeb
#define TWO_BYTES  0x0f
#define JCC_NEAR   0x80 /* after TWO_BYTES; the lower half is the condition, as in the short form */

struct displacement {
    const struct code_bytes *text, *tables;
    const struct code_function *function;
    ZydisDecoder decoder;
    struct hook_plan_entry entry;
    uint64_t function_end; /* as far as known */
    uint64_t padding_end;  /* where the next function begins */
    uint64_t first, end;   /* the displaced bytes */
    uint64_t last;         /* address of the last displaced instruction */
    uint32_t begins;       /* a bit for each displaced byte: an instruction begins there */
    uint8_t pushed;        /* offset in the code at which a return address is pushed; 0: nowhere */
    const char *why;
};

static inline bool refuse(struct displacement *displacement, const char *why)
{
    displacement->why = why;
    return false;
}

/* Returns the bytes at `address` and their number in *left, or NULL. */
static inline const uint8_t *bytes_at(
    const struct code_bytes *bytes, uint64_t address, uint64_t *left)
{
    uint64_t offset = address - bytes->address;
    if (offset >= bytes->size)
        return NULL;
    *left = bytes->size - offset;
    return bytes->bytes + offset;
}

/* Decodes the instruction at `address`. Returns false if it does not end before `end`. */
static inline bool decode(const struct displacement *displacement, uint64_t address, uint64_t end,
    ZydisDecodedInstruction *instruction)
{
    uint64_t left;
    const uint8_t *bytes = bytes_at(displacement->text, address, &left);
    if (bytes == NULL || address >= end)
        return false;
    if (left > end - address)
        left = end - address;
    return ZYAN_SUCCESS(
        ZydisDecoderDecodeInstruction(&displacement->decoder, NULL, bytes, left, instruction));
}

static inline bool is_branch(const ZydisDecodedInstruction *instruction)
{
    return instruction->raw.imm[0].is_relative;
}

static inline uint64_t branch_target(const ZydisDecodedInstruction *instruction, uint64_t address)
{
    return address + instruction->length + instruction->raw.imm[0].value.u;
}

static inline bool has_relative_operand(const ZydisDecodedInstruction *instruction)
{
    return (instruction->attributes & ZYDIS_ATTRIB_IS_RELATIVE) && !is_branch(instruction);
}

static inline uint64_t operand_target(const ZydisDecodedInstruction *instruction, uint64_t address)
{
    return address + instruction->length + (uint64_t)instruction->raw.disp.value;
}

#endif
