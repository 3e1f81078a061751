/*
 * hints.c - hints about a frame from x86-64 code and unwind tables.
 */
#include "arch.h"

#include "base/kernel.h"
#include "base/forbidden.h"

/* e8 with a 32-bit offset, or ff /2 in all its lengths. */
bool arch_follows_call(const uint8_t *pc)
{
    if (pc[-5] == 0xe8)
        return true;
    for (int length = 2; length <= ARCH_CALL_MAX; length++)
        if (pc[-length] == 0xff && (pc[1 - length] & 0x38) == 0x10)
            return true;
    return false;
}

/* mov $15,%rax; syscall. */
bool arch_is_sigreturn(const uint8_t *pc)
{
    static const uint8_t code[ARCH_SIGRETURN_SIZE] = {0x48, 0xc7, 0xc0, 0x0f, 0, 0, 0, 0x0f, 0x05};
    return memory_equal(pc, code, sizeof code);
}

/* The expression that linkers write for .plt: rsp + 8 + ((rip & 15) >= 11) * 8. */
bool arch_is_plt(const uint8_t *expression, size_t size)
{
    static const uint8_t plt[] = {0x77, 0x08, 0x80, 0x00, 0x3f, 0x1a, 0x3b, 0x2a, 0x33, 0x24, 0x22};
    return size == sizeof plt && memory_equal(expression, plt, sizeof plt);
}
