/*
 * references.c - the few instructions of x86-64 that name what they refer to.
 */
#include "arch/references.h"

#include <string.h>

static const uint8_t endbr64[] = {0xf3, 0x0f, 0x1e, 0xfa};

/* Returns the four bytes of an instruction's operand, sign-extended. */
static uint64_t operand(const uint8_t *bytes)
{
    int32_t value;
    memcpy(&value, bytes, sizeof value);
    return (uint64_t)(int64_t)value;
}

/* The entry is `jmp *slot(%rip)`; endbr64 and a bnd prefix may stand before it. */
uint64_t arch_plt_slot(const uint8_t *code, uint64_t address)
{
    size_t at = 0;
    if (memcmp(code, endbr64, sizeof endbr64) == 0)
        at += sizeof endbr64;
    if (code[at] == 0xf2)
        at++;
    if (code[at] != 0xff || code[at + 1] != 0x25)
        return 0;
    return address + at + 6 + operand(code + at + 2);
}

bool arch_call_before(
    const uint8_t *code, uint64_t return_address, uint64_t *target, uint64_t *slot)
{
    *target = *slot = 0;
    if (code[0] == 0xff && code[1] == 0x15) /* call *slot(%rip) */
        *slot = return_address + operand(code + 2);
    else if (code[1] == 0xe8) /* call target */
        *target = return_address + operand(code + 2);
    return *slot || *target;
}

bool arch_call_at(const uint8_t *code, uint64_t address, uint64_t *target, uint64_t *slot)
{
    *target = *slot = 0;
    if (code[0] == 0xff && code[1] == 0x15) /* call *slot(%rip) */
        *slot = address + 6 + operand(code + 2);
    if (code[0] == 0x67 && code[1] == 0xe8) /* addr32 call: the former call, relaxed by the
                                             * linker */
        *target = address + 6 + operand(code + 2);
    if (code[0] == 0xe8)
        *target = address + 5 + operand(code + 1);
    return *slot || *target;
}

bool arch_argument_load(const uint8_t *code, uint64_t address, uint64_t *value, uint64_t *slot)
{
    *value = *slot = 0;
    if (code[0] != 0x48)
        return false;
    if (code[1] == 0x8d && code[2] == 0x3d) /* lea operand(%rip),%rdi */
        *value = address + ARCH_LOAD_SIZE + operand(code + 3);
    if (code[1] == 0xc7 && code[2] == 0xc7) /* mov $operand,%rdi */
        *value = operand(code + 3);
    if (code[1] == 0x8b && code[2] == 0x3d) /* mov operand(%rip),%rdi */
        *slot = address + ARCH_LOAD_SIZE + operand(code + 3);
    return *value || *slot;
}

/* `exit (main (...))` is `mov %eax,%edi; call exit`. */
uint64_t arch_result_call(const uint8_t *code, uint64_t address)
{
    static const uint8_t result_to_call[] = {0x89, 0xc7, 0xe8};
    if (memcmp(code, result_to_call, sizeof result_to_call) != 0)
        return 0;
    return address + ARCH_RESULT_CALL_SIZE + operand(code + sizeof result_to_call);
}

/* A jump over nine bytes, at the entry. */
bool arch_has_sled(const uint8_t *code, size_t size)
{
    static const uint8_t sled[] = {0xeb, 0x09, 0x66, 0x0f, 0x1f};
    size_t skipped = size > 4 && memcmp(code, endbr64, 4) == 0 ? 4 : 0;
    return size >= skipped + sizeof sled && memcmp(code + skipped, sled, sizeof sled) == 0;
}
