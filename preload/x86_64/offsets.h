/*
 * offsets.h - offsets, in bytes, of struct call_frame (code/call_frame.h) for the trampoline.
 */
#ifndef OFFSETS_H
#define OFFSETS_H

#define ARCH_FRAME_RECORD      24
#define ARCH_FRAME_STACK_BYTES 32
#define ARCH_FRAME_TARGET      56
#define ARCH_FRAME_REGISTERS   64
#define ARCH_FRAME_FP          176 /* where the trampoline's rbp points */

/* In struct hook_record. */
#define HOOK_RECORD_TARGET 0

/* The value of a pthread_spinlock_t that is free (sysdeps/x86/nptl/pthread_spin_lock.S of glibc).
 */
#define ARCH_SPIN_FREE 1

/* Of struct pthread's tid from the thread pointer; lock_state.c checks it. */
#define ARCH_THREAD_ID 0x2d0

/* In struct arch_registers. */
#define REGISTERS_ARGUMENTS 0
#define REGISTERS_SAVED     64
#define REGISTERS_R11       104

#endif
