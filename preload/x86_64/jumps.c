/*
 * jumps.c - the code of pads, and jumps to them.
 */
#include "arch.h"

#include "base/kernel.h"
#include "hook_record.h"
#include "base/forbidden.h"

#define JUMP       0xe9 /* jmp rel32 */
#define RETURN     0xc3
#define BREAKPOINT 0xcc /* int3 */

static const uint8_t stub[] = {
    0x4c, 0x89, 0x5c, 0x24, 0xf0, /* mov %r11, -16(%rsp) */
    0x4c, 0x8d, 0x1d, 0, 0, 0, 0, /* lea record(%rip), %r11 */
    0xff, 0x25, 0, 0, 0, 0,       /* jmp *target(%rip) */
};
enum { STUB_RECORD = 8, STUB_TARGET = 14 }; /* the two offsets, each from its own end */

static const uint8_t endbr64[ARCH_MARK_SIZE] = {0xf3, 0x0f, 0x1e, 0xfa};

_Static_assert(offsetof(struct hook_record, target) == HOOK_RECORD_TARGET, "trampoline");
_Static_assert(sizeof stub <= ARCH_PAD_CODE, "the stub comes before what was displaced");
_Static_assert(ARCH_PAD_CODE + HOOK_PLAN_CODE + HOOK_PLAN_JUMP <= ARCH_PAD_SIZE, "and all fits");

static bool put_offset(uint8_t *at, uint64_t to, uint64_t from)
{
    int64_t offset = (int64_t)(to - from);
    int32_t value = (int32_t)offset;
    if (value != offset)
        return false;
    arch_copy(at, &value, sizeof value);
    return true;
}

bool arch_write_stub(uint8_t *pad, uint64_t record, uint64_t target)
{
    arch_copy(pad, stub, sizeof stub);
    return put_offset(pad + STUB_RECORD, record, (uint64_t)(pad + STUB_RECORD + 4)) &&
           put_offset(pad + STUB_TARGET, target, (uint64_t)(pad + STUB_TARGET + 4));
}

static bool jumps_apply(uint8_t *code, const struct hook_plan_fixup *fixup, uint64_t bias)
{
    uint64_t to = fixup->to + bias;
    if (fixup->kind == HOOK_PLAN_RELATIVE)
        return put_offset(code + fixup->at, to, (uint64_t)(code + fixup->end));
    uint32_t half = (uint32_t)(fixup->kind == HOOK_PLAN_LOW ? to : to >> 32);
    arch_copy(code + fixup->at, &half, sizeof half);
    return true;
}

bool arch_write_displaced(uint8_t *code, const struct hook_plan_entry *entry, uint64_t bias)
{
    uint8_t *end = code + entry->code_size;
    arch_copy(code, entry->code, entry->code_size);
    for (unsigned i = 0; i < entry->fixup_count; i++)
        if (!jumps_apply(code, &entry->fixups[i], bias))
            return false;
    if (entry->ends_by_itself)
        return true;
    *end = JUMP;
    return put_offset(end + 1, entry->address + entry->displaced_size + bias, (uint64_t)(end + 5));
}

bool arch_make_jump(uint8_t jump[HOOK_PLAN_JUMP], uint64_t from, uint64_t to)
{
    jump[0] = JUMP;
    return put_offset(jump + 1, to, from + HOOK_PLAN_JUMP);
}

bool arch_is_jump(const uint8_t found[HOOK_PLAN_JUMP], uint64_t from, uint64_t to)
{
    uint8_t jump[HOOK_PLAN_JUMP];
    return arch_make_jump(jump, from, to) && (found[0] == jump[0] || found[0] == BREAKPOINT) &&
           memory_equal(found + 1, jump + 1, sizeof jump - 1);
}

/* A debugger's breakpoint can be in place of its first byte, so that is not compared. */
bool arch_has_mark(uint64_t function)
{
    return memory_equal((const uint8_t *)function + 1, endbr64 + 1, sizeof endbr64 - 1);
}

/* Whether the function returns at once, and no other code begins within the jump's length. */
static bool is_return(const uint8_t *code)
{
    static const uint8_t paddings[] = {0x66, 0x0f, 0x2e, 0x90, 0xcc}; /* how a nop begins */
    if (code[0] != RETURN || (uint64_t)code % ARCH_BLOCK > ARCH_BLOCK - HOOK_PLAN_JUMP)
        return false;
    for (unsigned i = 0; i < sizeof paddings; i++)
        if (code[1] == paddings[i])
            return true;
    return false;
}

/* Hooks behind an endbr64 if there is room: a probe that is set on the endbr64 later continues
 * behind it. */
uint64_t arch_entry_of_empty(uint64_t function)
{
    const uint8_t *code = (const uint8_t *)function;
    if (function == 0 || is_return(code))
        return function;
    if (!memory_equal(code, endbr64, sizeof endbr64) || code[sizeof endbr64] != RETURN)
        return 0;
    return is_return(code + sizeof endbr64) ? function + sizeof endbr64 : function;
}
