/*
 * program.c - which programs run on x86-64.
 */
#include "arch.h"

#include "base/text.h"
#include "base/forbidden.h"

bool arch_is_linker(const char *name)
{
    return text_begins_with(name, "ld-linux-x86-64.so") ||
           text_begins_with(name, "ld-lsb-x86-64.so") || text_begins_with(name, "ld-2.");
}

/* EM_X86_64 is for x32. */
bool arch_runs_32_bit(unsigned machine)
{
    return machine == EM_386 || machine == EM_X86_64;
}
