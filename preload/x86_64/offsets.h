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

/* In struct arch_registers. */
#define REGISTERS_ARGUMENTS 0
#define REGISTERS_SAVED     64
#define REGISTERS_R11       104

#endif
