/*
 * stub.c - the code of a stub, which passes the address of its record to the trampoline.
 */
#include "arch/stub.h"

#include <string.h>

static int32_t stub_distance(size_t from, size_t to)
{
    return (int32_t)((int64_t)to - (int64_t)from);
}

void arch_stub_put(uint8_t to[ARCH_STUB_SIZE], size_t address, size_t record, size_t jump)
{
    static const uint8_t code[] = {
        0xf3, 0x0f, 0x1e, 0xfa,       /* endbr64 */
        0x4c, 0x8d, 0x1d, 0, 0, 0, 0, /* lea record(%rip), %r11 */
        0xff, 0x25, 0, 0, 0, 0,       /* jmp *record.jump(%rip) */
    };
    enum { RECORD_AT = 7, JUMP_AT = 13 }; /* each counts from the end of its instruction */
    int32_t to_record = stub_distance(address + RECORD_AT + 4, record);
    int32_t to_jump = stub_distance(address + JUMP_AT + 4, jump);
    memset(to, 0xcc, ARCH_STUB_SIZE); /* int3 */
    memcpy(to, code, sizeof code);
    memcpy(to + RECORD_AT, &to_record, sizeof to_record);
    memcpy(to + JUMP_AT, &to_jump, sizeof to_jump);
}

const uint8_t arch_stub_cie[ARCH_STUB_CIE_SIZE] = {
    20, 0, 0, 0, 0, 0, 0, 0, 1, /* length, CIE, version */
    'z', 'R', 0, 1, 0x78, 16,   /* code in steps of 1, data of -8; 16: the return address */
    1, 0x1b,                    /* addresses are distances, in 4 bytes (pcrel, sdata4) */
    0x0c, 7, 8, 0x90, 1,        /* DW_CFA_def_cfa rsp+8, DW_CFA_offset 16 at CFA-8 */
};
