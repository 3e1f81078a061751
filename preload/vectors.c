/*
 * vectors.c - whether this system keeps vector state with XSAVE.
 *
 * vectors_saved_call itself is in trampoline_x86_64.S.
 */
#include "vectors.h"

#include <cpuid.h>

#include "forbidden.h"

/* Read by the assembler. A hit before vectors_start saves x87 and SSE only, which is all
 * that can be live then: the program's own code has not begun. */
int vectors_have_xsave __attribute__((visibility("hidden")));

void vectors_start(void)
{
    unsigned eax, ebx, ecx, edx;
    vectors_have_xsave = __get_cpuid(1, &eax, &ebx, &ecx, &edx) && ecx & bit_OSXSAVE;
}
