/*
 * faults.S - the handler that the kernel calls (hook/faults.h).
 */
#include "x86_64/frame.h"

#define NUMBER  -8(%rbp)
#define INFO    -16(%rbp)
#define CONTEXT -24(%rbp)
#define PAD     -32(%rbp)

    .text
    .globl  arch_handle_fault
    .hidden arch_handle_fault
    .type   arch_handle_fault, @function
    .p2align 4
arch_handle_fault:
    .cfi_startproc
    FRAME_BEGIN
    subq    $32, %rsp
    movq    %rdi, NUMBER
    movq    %rsi, INFO
    movq    %rdx, CONTEXT
    movq    %rdx, %rsi
    call    faults_begin
    movq    %rdx, PAD
    testq   %rdx, %rdx
    movq    NUMBER, %rdi
    movq    INFO, %rsi
    movq    CONTEXT, %rdx
    jz      1f
    call    *%rax
    movq    CONTEXT, %rdi
    movq    PAD, %rsi
    call    faults_end
    .cfi_remember_state
    FRAME_END
    ret
    .cfi_restore_state
1:  FRAME_END
    jmp     *%rax
    .cfi_endproc
    .size   arch_handle_fault, . - arch_handle_fault

    .section .note.GNU-stack, "", @progbits
