/*
 * processor.c - what CPUID says; glibc's copy is used if there is one.
 *
 * In a virtual machine each CPUID instruction leaves the guest, which takes 6 us or more, again in
 * every process. glibc executes it at its own start, and has given access to the results since 2.33
 * (its manual, "X86-Specific Facilities").
 */
#include "arch.h"

#include <cpuid.h>

#include "base/forbidden.h"

enum { EAX, EBX, ECX, EDX, REGISTERS };

/* As in glibc's <sys/platform/x86.h> since 2.33. Defined here so that it compiles with an older
 * glibc too. */
struct cpuid_feature {
    unsigned cpuid_array[REGISTERS], active_array[REGISTERS];
};
enum { LEAF_1 = 0, LEAF_80000007 = 4 };

/* Whether the system saves vector state with XSAVE. Read by vector_state.S. Before arch_begin only
 * x87 and SSE are saved. Nothing else can be in use then, because the program's own code has not
 * begun. */
int vectors_have_xsave __attribute__((visibility("hidden")));

/* Looked up at run time: an undefined symbol of GLIBC_2.33 would keep the library from loading with
 * an older glibc. */
static const struct cpuid_feature *ask_libc(arch_find_function *find, unsigned leaf)
{
    uint64_t function = find("__x86_get_cpuid_feature_leaf", "GLIBC_2.33");
    return function ? ((const struct cpuid_feature *(*)(unsigned))function)(leaf) : NULL;
}

static bool has_bit(
    arch_find_function *find, unsigned leaf, unsigned number, unsigned reg, unsigned bit)
{
    const struct cpuid_feature *known = ask_libc(find, leaf);
    unsigned asked[REGISTERS] = {0};
    if (known)
        return known->cpuid_array[reg] >> bit & 1;
    return __get_cpuid(number, &asked[EAX], &asked[EBX], &asked[ECX], &asked[EDX]) &&
           asked[reg] >> bit & 1;
}

/* CPUID 1, ECX bit 27: OSXSAVE. */
void arch_begin(arch_find_function *find)
{
    vectors_have_xsave = has_bit(find, LEAF_1, 1, ECX, 27);
}

/* The TSC is invariant: CPUID 0x80000007, EDX bit 8 (AMD64 manual, volume 3, appendix E.4.7; Intel
 * SDM volume 3, 18.17.1). A program that may not read it would not get this far: the dynamic linker
 * reads it. */
bool arch_has_steady_ticks(arch_find_function *find)
{
    return has_bit(find, LEAF_80000007, 0x80000007, EDX, 8);
}
