/*
 * processor.c - what CPUID says.
 */
#include "x86_64/processor.h"

#include <cpuid.h>
#include <stddef.h>
#include <stdint.h>

#include "base/forbidden.h"

enum { EAX, EBX, ECX, EDX, REGISTERS };

/* As in glibc's <sys/platform/x86.h> since 2.33, for building against an older one too. */
struct cpuid_feature {
    unsigned cpuid_array[REGISTERS], active_array[REGISTERS];
};
enum { LEAF_1 = 0, LEAF_80000007 = 4 };

/* Looked up by hand: an undefined symbol of GLIBC_2.33 would keep us from loading elsewhere. */
static const struct cpuid_feature *ask_libc(processor_find *find, unsigned leaf)
{
    uint64_t function = find("__x86_get_cpuid_feature_leaf", "GLIBC_2.33");
    return function ? ((const struct cpuid_feature *(*)(unsigned))function)(leaf) : NULL;
}

static bool has_bit(
    processor_find *find, unsigned leaf, unsigned number, unsigned reg, unsigned bit)
{
    const struct cpuid_feature *known = ask_libc(find, leaf);
    unsigned asked[REGISTERS] = {0};
    if (known)
        return known->cpuid_array[reg] >> bit & 1;
    return __get_cpuid(number, &asked[EAX], &asked[EBX], &asked[ECX], &asked[EDX]) &&
           asked[reg] >> bit & 1;
}

bool processor_has_xsave(processor_find *find)
{
    return has_bit(find, LEAF_1, 1, ECX, 27);
}

bool processor_has_invariant_tsc(processor_find *find)
{
    return has_bit(find, LEAF_80000007, 0x80000007, EDX, 8);
}
