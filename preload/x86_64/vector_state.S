/*
 * vector_state.S - calls a function with all vector state saved.
 */
#include "x86_64/frame.h"

    .text

/*
 * void arch_call_saving(struct arch_vectors *area, void (*function)(void *), void *argument):
 * see arch.h.
 *
 * XSAVE (Intel SDM volume 1, 13.7) in the standard format with the components x87, SSE, AVX and
 * AVX-512 (bits 0-2 and 5-7), which ends at byte 2688 with AVX-512; FXSAVE if the system has not
 * enabled XSAVE. libc does not use other components (AMX, PKRU).
 */
#define XSAVE_MASK 0xe7

    .globl  arch_call_saving
    .hidden arch_call_saving
    .type   arch_call_saving, @function
    .p2align 4
arch_call_saving:
    .cfi_startproc
    FRAME_BEGIN
    pushq   %rbx
    .cfi_offset %rbx, -24
    pushq   %r12
    .cfi_offset %r12, -32
    andq    $-16, %rsp
    movq    %rdi, %r12
    movq    %rdx, %r11
    movl    vectors_have_xsave(%rip), %ebx
    testl   %ebx, %ebx
    jz      2f
    xorl    %eax, %eax               /* the header must be zero (13.7) */
    leaq    512(%r12), %rdi
    movl    $8, %ecx
    rep stosq
    movl    $XSAVE_MASK, %eax
    xorl    %edx, %edx
    xsave64 (%r12)
    jmp     3f
2:  fxsave64 (%r12)
3:  movq    %r11, %rdi
    call    *%rsi
    testl   %ebx, %ebx
    jz      4f
    movl    $XSAVE_MASK, %eax
    xorl    %edx, %edx
    xrstor64 (%r12)
    jmp     5f
4:  fxrstor64 (%r12)
5:  leaq    -16(%rbp), %rsp
    popq    %r12
    popq    %rbx
    popq    %rbp
    .cfi_def_cfa %rsp, 8
    .cfi_restore %rbp
    .cfi_restore %rbx
    .cfi_restore %r12
    ret
    .cfi_endproc
    .size   arch_call_saving, . - arch_call_saving

    .section .note.GNU-stack, "", @progbits
