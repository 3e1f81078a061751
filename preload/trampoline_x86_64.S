/*
 * trampoline_x86_64.S - stands between the caller of a leaf and the leaf.
 *
 * The layout of the frame is struct hook_call (hook.h), which lies right below the saved
 * rbp. All of it has one CFA rule, rbp + 16, from the third instruction to the last.
 */
#define RECORD      24
#define TARGET      32
#define STACK_BYTES 40
#define ARGUMENTS   48
#define SAVED       112
#define SIZE        160 /* HOOK_CALL_FP */

#define AT(offset)  (offset - SIZE)(%rbp)

    .text

    .macro restore_arguments
    movq    AT(ARGUMENTS + 0), %rdi
    movq    AT(ARGUMENTS + 8), %rsi
    movq    AT(ARGUMENTS + 16), %rdx
    movq    AT(ARGUMENTS + 24), %rcx
    movq    AT(ARGUMENTS + 32), %r8
    movq    AT(ARGUMENTS + 40), %r9
    movq    AT(ARGUMENTS + 48), %rax
    movq    AT(ARGUMENTS + 56), %r10
    .endm

    .globl  scoped_trace_enter
    .type   scoped_trace_enter, @function
    .p2align 6
scoped_trace_enter:
    .cfi_startproc
    /* 0x1b: pc-relative, 4 bytes, direct (LSB 4.1, 10.5.1). The symbol is global and hidden:
     * the linker has been seen to merge CIEs whose personalities are local symbols. */
    .cfi_personality 0x1b, hook_personality
    endbr64
    pushq   %rbp
    .cfi_def_cfa_offset 16
    .cfi_offset %rbp, -16
    movq    %rsp, %rbp
    .cfi_def_cfa_register %rbp
    subq    $SIZE, %rsp
    movq    %r11, AT(RECORD)
    movq    %rdi, AT(ARGUMENTS + 0)
    movq    %rsi, AT(ARGUMENTS + 8)
    movq    %rdx, AT(ARGUMENTS + 16)
    movq    %rcx, AT(ARGUMENTS + 24)
    movq    %r8, AT(ARGUMENTS + 32)
    movq    %r9, AT(ARGUMENTS + 40)
    movq    %rax, AT(ARGUMENTS + 48) /* al: vector registers used by a variadic call */
    movq    %r10, AT(ARGUMENTS + 56) /* static chain */
    movq    %rbx, AT(SAVED + 0)
    movq    %r12, AT(SAVED + 8)
    movq    %r13, AT(SAVED + 16)
    movq    %r14, AT(SAVED + 24)
    movq    %r15, AT(SAVED + 32)
    movq    %rsp, %rdi
    call    hook_enter
    testl   %eax, %eax
    jnz     jump

    movq    AT(STACK_BYTES), %rcx
    testq   %rcx, %rcx
    jnz     copy
call_target:
    movq    AT(TARGET), %r11
    restore_arguments
    call    *%r11
    .globl  hook_return_address
    .hidden hook_return_address
hook_return_address:

    leaq    -SIZE(%rbp), %rsp
    movq    %rax, AT(ARGUMENTS + 0)
    movq    %rdx, AT(ARGUMENTS + 8)
    movq    %rsp, %rdi
    call    hook_leave
    movq    AT(ARGUMENTS + 0), %rax
    movq    AT(ARGUMENTS + 8), %rdx
    leave
    .cfi_remember_state
    .cfi_def_cfa %rsp, 8
    .cfi_restore %rbp
    ret
    .cfi_restore_state

copy:
    subq    %rcx, %rsp
    shrq    $3, %rcx
    leaq    16(%rbp), %rsi
    movq    %rsp, %rdi
    rep movsq
    jmp     call_target

jump:
    movq    AT(TARGET), %r11
    restore_arguments
    leave
    .cfi_def_cfa %rsp, 8
    .cfi_restore %rbp
    jmp     *%r11
    .cfi_endproc
    .size   scoped_trace_enter, . - scoped_trace_enter

/*
 * void vectors_saved_call(void (*function)(void *), void *argument): see vectors.h.
 *
 * XSAVE (Intel SDM volume 1, 13.7) in the standard format with the components x87, SSE, AVX
 * and AVX-512 (bits 0-2 and 5-7), which ends at byte 2688 with AVX-512; FXSAVE where the
 * system has not enabled XSAVE. Other components (AMX, PKRU) are not libc's business.
 */
#define XSAVE_AREA 2688
#define XSAVE_MASK 0xe7

    .globl  vectors_saved_call
    .hidden vectors_saved_call
    .type   vectors_saved_call, @function
    .p2align 4
vectors_saved_call:
    .cfi_startproc
    endbr64
    pushq   %rbp
    .cfi_def_cfa_offset 16
    .cfi_offset %rbp, -16
    movq    %rsp, %rbp
    .cfi_def_cfa_register %rbp
    pushq   %rbx
    .cfi_offset %rbx, -24
    pushq   %r12
    .cfi_offset %r12, -32
    movq    %rdi, %r12
    movq    %rsi, %r11
    subq    $XSAVE_AREA, %rsp
    andq    $-64, %rsp
    movl    vectors_have_xsave(%rip), %ebx
    testl   %ebx, %ebx
    jz      2f
    xorl    %eax, %eax               /* the header must be zero (13.7) */
    leaq    512(%rsp), %rdi
    movl    $8, %ecx
    rep stosq
    movl    $XSAVE_MASK, %eax
    xorl    %edx, %edx
    xsave64 (%rsp)
    jmp     3f
2:  fxsave64 (%rsp)
3:  movq    %r11, %rdi
    call    *%r12
    testl   %ebx, %ebx
    jz      4f
    movl    $XSAVE_MASK, %eax
    xorl    %edx, %edx
    xrstor64 (%rsp)
    jmp     5f
4:  fxrstor64 (%rsp)
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
    .size   vectors_saved_call, . - vectors_saved_call

    .section .note.GNU-stack, "", @progbits
