/*
 * processor.h - what CPUID says, without asking the processor where that has been done.
 *
 * In a virtual machine each CPUID leaves the guest, for 6 us or more, in every process anew. glibc
 * has asked at its own start, and tells since 2.33 (its manual, "X86-Specific Facilities").
 */
#ifndef PROCESSOR_H
#define PROCESSOR_H

#include <stdbool.h>
#include <stdint.h>

/* Finds a function of libc in a version, 0: there is none. */
typedef uint64_t processor_find(const char *name, const char *version);

/* Whether the system keeps state by XSAVE (CPUID 1, ECX bit 27: OSXSAVE). */
bool processor_has_xsave(processor_find *find);

/* Whether the TSC counts at the same rate in all states (CPUID 0x80000007, EDX bit 8; AMD64 manual,
 * volume 3, appendix E.4.7; Intel SDM volume 3, 18.17.1). */
bool processor_has_invariant_tsc(processor_find *find);

#endif
