/*
 * program.c - which programs run on x86-64.
 */
#include "arch.h"

#include "base/forbidden.h"

static bool begins_with(const char *text, const char *prefix)
{
    while (*prefix && *text == *prefix)
        text++, prefix++;
    return *prefix == '\0';
}

bool arch_is_linker(const char *name)
{
    return begins_with(name, "ld-linux-x86-64.so") || begins_with(name, "ld-lsb-x86-64.so") ||
           begins_with(name, "ld-2.");
}

/* EM_X86_64 is for x32. */
bool arch_runs_32_bit(unsigned machine)
{
    return machine == EM_386 || machine == EM_X86_64;
}
