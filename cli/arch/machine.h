/*
 * machine.h - the architecture of the programs that are traced, which is the tool's own.
 *
 * What an architecture has to give is declared here, and is in the folder of its name. A second
 * one has the same files:
 *
 *   machine.h      its number in ELF files, its dynamic linker, its relocations
 *   clock.h        the clock that traces are taken by
 *   system_call.h  a system call that touches no variable of the thread
 *   references.h   what single instructions refer to: calls, the PLT, the start of a program
 *   stub.h         the code of a stub
 *   displace.h     what a jump at a function's entry displaces, and what does the same elsewhere
 *   caller_seen.h  functions that look at where they return to
 *
 * The last two need a decoder, and are the planner's only.
 */
#ifndef ARCH_MACHINE_H
#define ARCH_MACHINE_H

#if defined __x86_64__
#include "arch/x86_64/machine.h"
#else
#error "scoped-trace knows x86-64 only"
#endif

#endif
