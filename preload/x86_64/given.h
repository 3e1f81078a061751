/*
 * given.h - x86-64: what must be known at compile time, or be inline. See arch.h.
 */
#ifndef GIVEN_H
#define GIVEN_H

#include <elf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "x86_64/offsets.h"

#define ARCH_INLINE static inline

#define ARCH_PAGE 4096u

/* The kernel maps from the stack downwards, and begins at most 1 TiB and the stack's own limit
 * below the end of user space, 2^47 (arch/x86/mm/mmap.c); this is half a TiB further down. It is
 * within the range that TSan and MSan accept as the program's memory; they do not allow mappings
 * elsewhere. */
#define ARCH_AREA UINT64_C(0x7e8000000000)

#define ARCH_REACH ((UINT64_C(1) << 31) - (UINT64_C(1) << 20)) /* of a jump with 32 bits */

#define ARCH_PAD_SIZE  96
#define ARCH_PAD_CODE  24
#define ARCH_MARK_SIZE 4  /* endbr64 */
#define ARCH_BLOCK     16 /* cmpxchg16b; processors fetch as many bytes at once */

#define ARCH_COPY_ALIGN  64
#define ARCH_CALL_PUSHES 8

/* Numbers of registers: psABI, figure 3.36. */
#define ARCH_FP        6  /* rbp */
#define ARCH_SP        7  /* rsp */
#define ARCH_RA        16 /* a column of its own */
#define ARCH_REGISTERS 17
#define ARCH_SAVED     5
#define ARCH_RESULT    6 /* in arch_registers.arguments, after the call: rax */
#define ARCH_RESULT_2  2 /* rdx (psABI 3.2.3) */
#define ARCH_SAVED_NUMBERS                                                                         \
    {                                                                                              \
        3, 12, 13, 14, 15                                                                          \
    } /* rbx r12 r13 r14 r15 */
#define ARCH_RETURN_AT (-8)

/* In struct ucontext of the kernel (asm/sigcontext.h), with which a signal frame begins, above the
 * return address: uc_mcontext is at 40, and has the registers in this order. */
#define ARCH_CONTEXT_FP (40 + 8 * 10)
#define ARCH_CONTEXT_SP (40 + 8 * 15)
#define ARCH_CONTEXT_PC (40 + 8 * 16)

#define ARCH_CALL_MAX       7
#define ARCH_SIGRETURN_SIZE 9

#define ARCH_MACHINE EM_X86_64

/* As large as what vector_state.S saves, which knows the size and the alignment. */
struct arch_vectors {
    unsigned char bytes[2688] __attribute__((aligned(64)));
};

struct arch_registers {
    uint64_t arguments[8];   /* rdi rsi rdx rcx r8 r9 rax r10; later, what the leaf left there */
    uint64_t saved[5];       /* rbx r12 r13 r14 r15 of the caller */
    uint64_t r11;            /* of the caller, if hooked at the entry; after the call, the leaf's */
    uint64_t fp;             /* the caller's rbp; the trampoline's rbp points here */
    uint64_t return_address; /* into the caller */
};

_Static_assert(offsetof(struct arch_registers, arguments) == REGISTERS_ARGUMENTS, "trampoline");
_Static_assert(offsetof(struct arch_registers, saved) == REGISTERS_SAVED, "trampoline");
_Static_assert(offsetof(struct arch_registers, r11) == REGISTERS_R11, "trampoline");
_Static_assert(
    offsetof(struct arch_registers, fp) == ARCH_FRAME_FP - ARCH_FRAME_REGISTERS, "trampoline");
_Static_assert(
    offsetof(struct arch_registers, return_address) - offsetof(struct arch_registers, r11) == 16,
    "a pad leaves r11 at -16(%rsp)");
_Static_assert((ARCH_FRAME_FP + 16) % 64 == 0, "the stack stays as aligned as it was");

/* --- system calls --- */

/* Clobbers rcx and r11 only (Linux ABI, syscall(2)). */
static inline long arch_call(long number, long a, long b, long c, long d, long e, long f)
{
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    register long r9 __asm__("r9") = f;
    long result;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "0"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
}

static inline long arch_open(const char *path, int flags, int mode)
{
    return arch_call(SYS_open, (long)path, flags, mode, 0, 0, 0);
}

static inline long arch_stat(const char *path, struct stat *status)
{
    return arch_call(SYS_stat, (long)path, (long)status, 0, 0, 0, 0);
}

static inline long arch_lstat(const char *path, struct stat *status)
{
    return arch_call(SYS_lstat, (long)path, (long)status, 0, 0, 0, 0);
}

static inline long arch_access(const char *path, int mode)
{
    return arch_call(SYS_access, (long)path, mode, 0, 0, 0, 0);
}

static inline long arch_unlink(const char *path)
{
    return arch_call(SYS_unlink, (long)path, 0, 0, 0, 0, 0);
}

static inline long arch_readlink(const char *path, char *target, size_t size)
{
    return arch_call(SYS_readlink, (long)path, (long)target, (long)size, 0, 0, 0);
}

/* --- memory --- */

static inline void arch_copy(void *to, const void *from, size_t size)
{
    __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(size) : : "memory");
}

static inline void arch_fill(void *memory, int byte, size_t size)
{
    __asm__ volatile("rep stosb" : "+D"(memory), "+c"(size) : "a"(byte) : "memory");
}

/* Without a lock prefix. */
static inline void arch_add(_Atomic uint64_t *counter, uint64_t value)
{
    __asm__ volatile("addq %1, %0" : "+m"(*counter) : "er"(value) : "cc");
}

/* The same. */
static inline void arch_add_32(_Atomic uint32_t *counter, uint32_t value)
{
    __asm__ volatile("addl %1, %0" : "+m"(*counter) : "er"(value) : "cc");
}

/* The same. */
static inline bool arch_swap(void *word, void *expected, void *wanted)
{
    bool is_swapped;
    __asm__ volatile("cmpxchgq %3, %1"
                     : "=@ccz"(is_swapped), "+m"(*(void **)word), "+a"(expected)
                     : "r"(wanted)
                     : "memory");
    return is_swapped;
}

struct arch_pair {
    uint64_t first, second;
};

/* The same. */
static inline struct arch_pair arch_swap_pair(
    struct arch_pair *at, struct arch_pair expected, struct arch_pair wanted)
{
    __asm__ volatile("cmpxchg16b %0"
                     : "+m"(*at), "+a"(expected.first), "+d"(expected.second)
                     : "b"(wanted.first), "c"(wanted.second)
                     : "cc", "memory");
    return expected;
}

static inline bool arch_exchange_block(
    uint64_t address, const uint64_t old[2], const uint64_t new[2])
{
    uint64_t low = old[0], high = old[1];
    bool is_done;
    __asm__ volatile("lock cmpxchg16b (%3)"
                     : "=@ccz"(is_done), "+a"(low), "+d"(high)
                     : "r"(address), "b"(new[0]), "c"(new[1])
                     : "memory");
    return is_done;
}

static inline void arch_touch_stack(long bytes)
{
    __asm__ volatile("testb $0, (%%rsp,%0)" : : "r"(-bytes) : "cc");
}

/* --- the processor --- */

static inline uint64_t arch_ticks(void)
{
    uint32_t low, high;
    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    return (uint64_t)high << 32 | low;
}

/* glibc, sysdeps/x86_64/jmpbuf-offsets.h: JB_RSP. pointer_guard.h: it is mixed with a word of the
 * thread's descriptor, and rotated. */
static inline uint64_t arch_jump_target(const void *buffer)
{
    uint64_t sp = ((const uint64_t *)buffer)[6];
    __asm__("rorq $17, %0\n\txorq %%fs:0x30, %0" : "+r"(sp) : : "cc");
    return sp;
}

/* The stack ends at the thread's descriptor, to which the thread pointer points (psABI 3.4.6). */
static inline uint64_t arch_stack_end(const void *thread)
{
    return (uint64_t)thread;
}

/* From the stub's 11th byte on it is 8 more, because the stub has pushed its number. */
static inline uint64_t arch_plt_cfa(uint64_t pc, uint64_t sp)
{
    return sp + ((pc & 15) >= 11 ? 16 : 8);
}

#endif
