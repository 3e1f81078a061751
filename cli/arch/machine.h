/*
 * machine.h - the architecture of the traced programs, which is also that of the tool.
 *
 * This room declares what an architecture must provide; the folder with the architecture's name
 * provides it. A second architecture has the same files:
 *
 *   machine.h      its number in ELF files, its dynamic linker, its relocations
 *   clock.h        the clock from which traces take their times
 *   system_call.h  a system call that changes no variable of the thread
 *   references.h   what single instructions refer to: calls, the PLT, the start of a program
 *   stub.h         the code of a stub
 *   displace.h     which instructions a jump at a function's entry displaces, and the code that
 * does the same elsewhere caller_seen.h  functions that look at their return address
 *
 * The last two need a decoder; only the planner uses them.
 */
#ifndef ARCH_MACHINE_H
#define ARCH_MACHINE_H

#if defined __x86_64__
#include "arch/x86_64/machine.h"
#else
#error "scoped-trace knows x86-64 only"
#endif

#endif
