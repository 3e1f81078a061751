/*
 * hook_code.h - x86-64: the code that leads to the trampoline, and the sizes of code in a plan.
 *
 * A stub of the interposer (hook_record.h):
 *
 *     stub:  endbr64
 *            lea   record(%rip), %r11
 *            jmp   *record.jump(%rip)
 *
 * %r11 is free at a function's entry (x86-64 psABI 3.2.3: neither preserved nor used to pass
 * arguments).
 *
 * A hook at the entry (hook_plan.h):
 *
 *     function:  [endbr64]               pad:  mov   %r11, -16(%rsp)
 *                jmp   pad          ->         lea   record(%rip), %r11
 *                ...               <-          jmp   the trampoline, which calls or jumps to
 *                                              the displaced instructions
 *                                              jmp   function + what was displaced
 *
 * The pad does not move the stack pointer and keeps every register: it saves %r11 in the red zone
 * (psABI 3.2.2; the kernel puts signal frames below it), and the trampoline takes it from there.
 */
#ifndef HOOK_CODE_H
#define HOOK_CODE_H

#define HOOK_PLAN_JUMP   5   /* bytes of a jump: jmp rel32 */
#define HOOK_PLAN_BYTES  20  /* most bytes that are displaced: 4, and an instruction of 15 */
#define HOOK_PLAN_CODE   64  /* most bytes of the code that does the same in the pad */
#define HOOK_PLAN_FIXUPS 6   /* most places in that code that depend on its address */
#define HOOK_PLAN_ENTRY  280 /* bytes of struct hook_plan_entry */

#endif
