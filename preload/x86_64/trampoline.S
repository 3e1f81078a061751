/*
 * trampoline.S - calls the leaf for its caller, from a frame of its own.
 *
 * The frame is a struct call_frame (code/call_frame.h), right below the saved rbp. It has one CFA
 * rule, rbp + 16, from the third instruction to the last.
 *
 * If the leaf is hooked at its entry, its caller may be a function of the same file, and the
 * compiler may have seen both (gcc's -fipa-ra, -fipa-stack-alignment). So the leaf finds every
 * general register and the alignment of its stack as its caller has left them. (The alignment is
 * kept up to 64 bytes, which an argument needs that no longer fits into the vector registers.) And
 * the caller finds every register as the leaf has left it.
 */
#include "x86_64/frame.h"
#include "x86_64/offsets.h"

#define RECORD      ARCH_FRAME_RECORD
#define STACK_BYTES ARCH_FRAME_STACK_BYTES
#define TARGET      ARCH_FRAME_TARGET
#define ARGUMENTS   (ARCH_FRAME_REGISTERS + REGISTERS_ARGUMENTS)
#define SAVED       (ARCH_FRAME_REGISTERS + REGISTERS_SAVED)
#define R11         (ARCH_FRAME_REGISTERS + REGISTERS_R11)
#define SIZE        ARCH_FRAME_FP

#define AT(offset)  (offset - SIZE)(%rbp)

/* The same place after `leave`, in the 128 bytes of the red zone (psABI 3.2.2). */
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

    /* Calls it with the struct call_frame as its argument, and with the alignment that a C function
     * expects. */
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
    /* 0x1b: pc-relative, 4 bytes, direct (LSB 4.1, 10.5.1). The symbol is global and hidden,
     * because the linker has been seen to merge CIEs whose personalities are local symbols. */
    .cfi_personality 0x1b, hook_personality
    FRAME_BEGIN
    subq    $SIZE, %rsp /* it contains the leaf's r11, which a pad has put there */
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

    .globl  arch_call_begins
    .hidden arch_call_begins
arch_call_begins:
    movl    AT(STACK_BYTES), %ecx
    testl   %ecx, %ecx
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
    .globl  arch_return_address
    .hidden arch_return_address
arch_return_address:

    save_registers
    movq    %r11, AT(R11)
    .globl  arch_call_ends
    .hidden arch_call_ends
arch_call_ends:
    call_hook hook_leave
    restore_registers
    .cfi_remember_state
    FRAME_END
    ret
    .cfi_restore_state

jump:
    restore_registers
    FRAME_END
    jmp     *LEFT_AT(TARGET)
    .cfi_endproc
    .size   scoped_trace_enter, . - scoped_trace_enter

/*
 * The other arch_entries: a call that takes a free lock, or gives back one for which nobody waits,
 * jumps on to the function. %r11 is the record, a pad has put the caller's at -16(%rsp), and the
 * lock is the first argument. A call of which this code cannot be sure goes to the trampoline, and
 * hook_enter looks closer: a mutex with its owner's id in its first word, an address in the page of
 * NULL, a stub without its target. Their words: see object/lock_state.c.
 */
#define OTHER_R11 -16(%rsp)
#define OTHER_RAX -24(%rsp)
#define NEXT      -32(%rsp)

#define MUTEX_OWNER     8
#define MUTEX_KIND      16
#define MUTEX_RECURSIVE 1

#define RWLOCK_READERS_WAIT  4
#define RWLOCK_PHASE_FUTEX   8
#define RWLOCK_WRITERS_FUTEX 12
#define RWLOCK_FUTEX_USED    2

    .macro begin_entry name
    .type   \name, @function
    .p2align 4
\name:
    .cfi_startproc
    endbr64
    movq    %rax, OTHER_RAX
    cmpq    $4095, %rdi
    jbe     2f
    .endm

    .macro test_lock mask, free
    movl    (%rdi), %eax
    andl    $\mask, %eax
    cmpl    $\free, %eax
    .endm

    .macro end_entry name
1:
    movq    HOOK_RECORD_TARGET(%r11), %rax
    testq   %rax, %rax
    jz      2f
    movq    %rax, NEXT
    movq    OTHER_RAX, %rax
    movq    OTHER_R11, %r11
    jmp     *NEXT
2:
    movq    OTHER_RAX, %rax
    jmp     scoped_trace_enter
    .cfi_endproc
    .size   \name, . - \name
    .endm

    .macro lock_entry name, mask, free
    begin_entry \name
    test_lock \mask, \free
    jne     2f
    end_entry \name
    .endm

    .hidden lock_state_has_thread_id

    /* A recursive mutex may also be taken by its own thread. */
    begin_entry enter_mutex
    test_lock 0xffffffff, 0
    je      1f
    cmpl    $MUTEX_RECURSIVE, MUTEX_KIND(%rdi)
    jne     2f
    cmpl    $0, lock_state_has_thread_id(%rip)
    je      2f
    movl    %fs:ARCH_THREAD_ID, %eax
    cmpl    %eax, MUTEX_OWNER(%rdi)
    jne     2f
    end_entry enter_mutex

    lock_entry enter_read_lock, 2, 0
    lock_entry enter_write_lock, 0xfffffffe, 0
    lock_entry enter_spin_lock, 0xffffffff, ARCH_SPIN_FREE
    lock_entry enter_once, 1, 0

    /* 2 and more: perhaps others wait, or the word has the owner's id. */
    begin_entry enter_mutex_unlock
    cmpl    $1, (%rdi)
    ja      2f
    end_entry enter_mutex_unlock

    begin_entry enter_rwlock_unlock
    testl   $RWLOCK_READERS_WAIT, (%rdi)
    jnz     2f
    movl    RWLOCK_PHASE_FUTEX(%rdi), %eax
    orl     RWLOCK_WRITERS_FUTEX(%rdi), %eax
    testl   $RWLOCK_FUTEX_USED, %eax
    jnz     2f
    end_entry enter_rwlock_unlock

    .section .data.rel.ro, "aw", @progbits
    .globl  arch_entries
    .hidden arch_entries
    .type   arch_entries, @object
    .size   arch_entries, 8 * 8
    .balign 8
arch_entries:
    .quad   scoped_trace_enter, enter_mutex, enter_read_lock, enter_write_lock, enter_spin_lock
    .quad   enter_once, enter_mutex_unlock, enter_rwlock_unlock
    .text

/*
 * void arch_at_libraries_changed(void): see arch.h. Its pad has put r11 where the trampoline
 * expects it.
 */
    .globl  arch_at_libraries_changed
    .hidden arch_at_libraries_changed
    .type   arch_at_libraries_changed, @function
    .p2align 4
arch_at_libraries_changed:
    .cfi_startproc
    FRAME_BEGIN
    subq    $SIZE, %rsp
    save_registers
    andq    $-16, %rsp
    call    entry_libraries_changed
    restore_registers
    FRAME_END
    ret
    .cfi_endproc
    .size   arch_at_libraries_changed, . - arch_at_libraries_changed

    .section .note.GNU-stack, "", @progbits
