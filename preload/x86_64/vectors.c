/*
 * vectors.c - whether this system keeps vector state with XSAVE.
 *
 * vectors_saved_call itself is in trampoline_x86_64.S.
 */
#include "x86_64/vectors.h"

#include "base/forbidden.h"

/* Read by the assembler. A hit before vectors_start saves x87 and SSE only, which is all
 * that can be live then: the program's own code has not begun. */
int vectors_have_xsave __attribute__((visibility("hidden")));

void vectors_start(processor_find *find)
{
    vectors_have_xsave = processor_has_xsave(find);
}
