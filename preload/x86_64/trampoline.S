/*
 * trampoline_x86_64.S - stands between the caller of a leaf and the leaf.
 *
 * The layout of the frame is struct call_frame (code/call_frame.h), which lies right below the saved
 * rbp. All of it has one CFA rule, rbp + 16, from the third instruction to the last.
 *
 * Where the leaf is hooked at its entry, its caller may be a function of the same file, and the
 * compiler may have seen both (gcc's -fipa-ra, -fipa-stack-alignment): so the leaf finds every
 * general register and the alignment of its stack as its caller has left them, up to the 64 bytes
 * of an argument in a vector register that did not fit there; and the caller finds every register
 * as the leaf has left it.
 */
#define RECORD      24
#define STACK_BYTES 32
#define ARGUMENTS   40
#define SAVED       104
#define TARGET      160
#define R11         168
#define SIZE        176 /* CALL_FRAME_FP */

#define AT(offset)  (offset - SIZE)(%rbp)

/* The same place after `leave`, in the red zone (psABI 3.2.2). */
#define LEFT_AT(offset) (offset - SIZE - 8)(%rsp)

    .text

    .macro save_registers
    movq    %rdi, AT(ARGUMENTS + 0)
    movq    %rsi, AT(ARGUMENTS + 8)
    movq    %rdx, AT(ARGUMENTS + 16)
    movq    %rcx, AT(ARGUMENTS + 24)
    movq    %r8, AT(ARGUMENTS + 32)
    movq    %r9, AT(ARGUMENTS + 40)
    movq    %rax, AT(ARGUMENTS + 48) /* al: vector registers used by a variadic call */
    movq    %r10, AT(ARGUMENTS + 56) /* static chain */
    .endm

    .macro restore_registers
    movq    AT(ARGUMENTS + 0), %rdi
    movq    AT(ARGUMENTS + 8), %rsi
    movq    AT(ARGUMENTS + 16), %rdx
    movq    AT(ARGUMENTS + 24), %rcx
    movq    AT(ARGUMENTS + 32), %r8
    movq    AT(ARGUMENTS + 40), %r9
    movq    AT(ARGUMENTS + 48), %rax
    movq    AT(ARGUMENTS + 56), %r10
    movq    AT(R11), %r11
    .endm

    /* With the struct call_frame as its argument, and the alignment that a C function expects. */
    .macro call_hook function
    leaq    -SIZE(%rbp), %rdi
    andq    $-16, %rsp
    call    \function
    leaq    -SIZE(%rbp), %rsp
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
    subq    $SIZE, %rsp /* with the leaf's r11 in it, where a pad has put that */
    movq    %r11, AT(RECORD)
    save_registers
    movq    %rbx, AT(SAVED + 0)
    movq    %r12, AT(SAVED + 8)
    movq    %r13, AT(SAVED + 16)
    movq    %r14, AT(SAVED + 24)
    movq    %r15, AT(SAVED + 32)
    call_hook hook_enter
    testl   %eax, %eax
    jnz     jump

    .globl  hook_call_begins
    .hidden hook_call_begins
hook_call_begins:
    movq    AT(STACK_BYTES), %rcx
    testq   %rcx, %rcx
    jz      call_target
    leaq    63(%rcx), %rax
    andq    $-64, %rax
    subq    %rax, %rsp
    shrq    $3, %rcx
    leaq    16(%rbp), %rsi
    movq    %rsp, %rdi
    rep movsq
call_target:
    restore_registers
    call    *AT(TARGET)
    .globl  hook_return_address
    .hidden hook_return_address
hook_return_address:

    save_registers
    movq    %r11, AT(R11)
    .globl  hook_call_ends
    .hidden hook_call_ends
hook_call_ends:
    call_hook hook_leave
    restore_registers
    leave
    .cfi_remember_state
    .cfi_def_cfa %rsp, 8
    .cfi_restore %rbp
    ret
    .cfi_restore_state

jump:
    restore_registers
    leave
    .cfi_def_cfa %rsp, 8
    .cfi_restore %rbp
    jmp     *LEFT_AT(TARGET)
    .cfi_endproc
    .size   scoped_trace_enter, . - scoped_trace_enter

/*
 * void entry_at_libraries_changed(void): see entry.h. Its pad has put r11 where the trampoline
 * looks for it.
 */
    .globl  entry_at_libraries_changed
    .hidden entry_at_libraries_changed
    .type   entry_at_libraries_changed, @function
    .p2align 4
entry_at_libraries_changed:
    .cfi_startproc
    endbr64
    pushq   %rbp
    .cfi_def_cfa_offset 16
    .cfi_offset %rbp, -16
    movq    %rsp, %rbp
    .cfi_def_cfa_register %rbp
    subq    $SIZE, %rsp
    save_registers
    andq    $-16, %rsp
    call    entry_libraries_changed
    restore_registers
    leave
    .cfi_def_cfa %rsp, 8
    .cfi_restore %rbp
    ret
    .cfi_endproc
    .size   entry_at_libraries_changed, . - entry_at_libraries_changed

/*
 * void vectors_saved_call_in(struct vectors_area *area, void (*function)(void *), void *argument):
 * see vectors.h.
 *
 * XSAVE (Intel SDM volume 1, 13.7) in the standard format with the components x87, SSE, AVX
 * and AVX-512 (bits 0-2 and 5-7), which ends at byte 2688 with AVX-512; FXSAVE where the
 * system has not enabled XSAVE. Other components (AMX, PKRU) are not libc's business.
 */
#define XSAVE_MASK 0xe7

    .globl  vectors_saved_call_in
    .hidden vectors_saved_call_in
    .type   vectors_saved_call_in, @function
    .p2align 4
vectors_saved_call_in:
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
    .size   vectors_saved_call_in, . - vectors_saved_call_in

    .section .note.GNU-stack, "", @progbits
