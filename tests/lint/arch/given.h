/*
 * given.h - an architecture that is only declared: see preload/arch.h.
 *
 * `make lint` compiles all of preload/ that is for every architecture against this, with a compiler
 * for another processor. So what arch.h lists is all that has to be given. The values are anything.
 */
#ifndef GIVEN_H
#define GIVEN_H

#include <elf.h>
#include <stddef.h>
#include <stdint.h>

#define ARCH_INLINE

#define ARCH_PAGE        65536u
#define ARCH_AREA        UINT64_C(0x400000000000)
#define ARCH_REACH       (UINT64_C(1) << 27)
#define ARCH_PAD_SIZE    128
#define ARCH_PAD_CODE    32
#define ARCH_MARK_SIZE   4
#define ARCH_BLOCK       16
#define ARCH_COPY_ALIGN  16
#define ARCH_CALL_PUSHES 0
#define ARCH_SAVED       5
#define ARCH_RESULT      0
#define ARCH_RESULT_2    1
#define ARCH_SAVED_NUMBERS                                                                         \
    {                                                                                              \
        19, 20, 21, 22, 23                                                                         \
    }
#define ARCH_REGISTERS      31
#define ARCH_FP             29
#define ARCH_SP             30
#define ARCH_RA             28
#define ARCH_RETURN_AT      8
#define ARCH_CONTEXT_PC     8
#define ARCH_CONTEXT_SP     16
#define ARCH_CONTEXT_FP     24
#define ARCH_CALL_MAX       4
#define ARCH_SIGRETURN_SIZE 8
#define ARCH_MACHINE        EM_NONE
#define ARCH_SPIN_FREE      0
#define ARCH_THREAD_ID      8

#define ARCH_FRAME_RECORD      offsetof(struct call_frame, record)
#define ARCH_FRAME_STACK_BYTES offsetof(struct call_frame, stack_bytes)
#define ARCH_FRAME_TARGET      offsetof(struct call_frame, target)
#define ARCH_FRAME_REGISTERS   offsetof(struct call_frame, registers)
#define ARCH_FRAME_FP          offsetof(struct call_frame, registers.fp)

struct arch_vectors {
    unsigned char bytes[512];
};

struct arch_registers {
    uint64_t arguments[8];
    uint64_t saved[ARCH_SAVED];
    uint64_t fp;
    uint64_t return_address;
};

struct arch_pair {
    uint64_t first, second;
};

#endif
