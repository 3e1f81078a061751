/*
 * system_call.h - the instruction for a system call (x86-64 psABI, "Linux Kernel Conventions").
 */
#ifndef ARCH_X86_64_SYSTEM_CALL_H
#define ARCH_X86_64_SYSTEM_CALL_H

static inline long arch_system_call(long number, long a, long b, long c, long d)
{
    register long fourth __asm__("r10") = d;
    long result;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "0"(number), "D"(a), "S"(b), "d"(c), "r"(fourth)
                     : "rcx", "r11", "memory");
    return result;
}

#endif
