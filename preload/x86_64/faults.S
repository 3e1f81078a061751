/*
 * faults.S - the handler that the kernel calls (hook/faults.h).
 */
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
    endbr64
    pushq   %rbp
    .cfi_def_cfa_offset 16
    .cfi_offset %rbp, -16
    movq    %rsp, %rbp
    .cfi_def_cfa_register %rbp
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
    leave
    .cfi_remember_state
    .cfi_def_cfa %rsp, 8
    .cfi_restore %rbp
    ret
    .cfi_restore_state
1:  leave
    .cfi_def_cfa %rsp, 8
    .cfi_restore %rbp
    jmp     *%rax
    .cfi_endproc
    .size   arch_handle_fault, . - arch_handle_fault

    .section .note.GNU-stack, "", @progbits
