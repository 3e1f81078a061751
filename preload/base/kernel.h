/*
 * kernel.h - system calls without libc, and the few memory operations that we need.
 *
 * Code that runs inside a hit may not call libc: its functions may be leaves
 * themselves, set errno, take locks, or use vector registers. A system call made
 * here returns -errno.
 */
#ifndef KERNEL_H
#define KERNEL_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arch.h"

#define KERNEL_PAGE ARCH_PAGE

#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE 0x100000 /* Linux 4.17; older kernels take the address as a hint */
#endif
#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23 /* Linux 5.14 */
#endif

static inline uint64_t kernel_page_down(uint64_t address)
{
    return address & ~(uint64_t)(KERNEL_PAGE - 1);
}

static inline uint64_t kernel_page_up(uint64_t address)
{
    return kernel_page_down(address + KERNEL_PAGE - 1);
}

/* Orders stores as seen by a signal handler of the same thread. */
#define COMPILER_BARRIER() atomic_signal_fence(memory_order_seq_cst)

#define KERNEL_ARGUMENT(x)    ((long)(x))
#define KERNEL_CALL0(n)       arch_call((n), 0, 0, 0, 0, 0, 0)
#define KERNEL_CALL1(n, a)    arch_call((n), KERNEL_ARGUMENT(a), 0, 0, 0, 0, 0)
#define KERNEL_CALL2(n, a, b) arch_call((n), KERNEL_ARGUMENT(a), KERNEL_ARGUMENT(b), 0, 0, 0, 0)
#define KERNEL_CALL3(n, a, b, c)                                                                   \
    arch_call((n), KERNEL_ARGUMENT(a), KERNEL_ARGUMENT(b), KERNEL_ARGUMENT(c), 0, 0, 0)
#define KERNEL_CALL4(n, a, b, c, d)                                                                \
    arch_call(                                                                                     \
        (n), KERNEL_ARGUMENT(a), KERNEL_ARGUMENT(b), KERNEL_ARGUMENT(c), KERNEL_ARGUMENT(d), 0, 0)
#define KERNEL_CALL6(n, a, b, c, d, e, f)                                                          \
    arch_call((n), KERNEL_ARGUMENT(a), KERNEL_ARGUMENT(b), KERNEL_ARGUMENT(c), KERNEL_ARGUMENT(d), \
        KERNEL_ARGUMENT(e), KERNEL_ARGUMENT(f))

static inline int kernel_failed(long result)
{
    return (unsigned long)result > (unsigned long)-4096L;
}

/* Set when the program forbids system calls (seccomp(2)). From then on the library makes none,
 * because one could kill the program: what it needs must be there already, or hits are lost and
 * counted. */
extern _Atomic int kernel_is_forbidden;

/* Whether the 8 bytes at `address` can be read, without touching them. Costs one
 * system call (about 100 ns): rt_sigprocmask(2) with an impossible `how` copies the
 * set in before it looks at `how`, so it fails with EFAULT or with EINVAL. */
int kernel_is_readable(uint64_t address);

/* Whether `size` bytes of memory, at least one, can be read. The page of `readable` can, and is not
 * asked about; the others cost one system call each. */
bool kernel_can_read(uint64_t from, size_t size, uint64_t readable);

/* Copies a text with its NUL, or the first `size` bytes of it, from memory that may not be
 * readable; the same of pages. Returns how many bytes were copied; 0 if a page before the end
 * cannot be read. */
size_t kernel_copy_text(char *to, uint64_t from, size_t size, uint64_t readable);

/* Maps `size` bytes at exactly this place, as mmap(2) does. Returns 0 or -errno, -EEXIST if
 * something is there. */
long kernel_map_at(
    uint64_t place, uint64_t size, int protection, int flags, long fd, uint64_t offset);

static inline void memory_copy(void *to, const void *from, size_t size)
{
    arch_copy(to, from, size);
}

static inline void memory_zero(void *memory, size_t size)
{
    arch_fill(memory, 0, size);
}

static inline int memory_equal(const void *a, const void *b, size_t size)
{
    const unsigned char *left = a, *right = b;
    for (size_t i = 0; i < size; i++)
        if (left[i] != right[i])
            return 0;
    return 1;
}

static inline size_t text_length(const char *text)
{
    size_t length = 0;
    while (text[length])
        length++;
    return length;
}

static inline int text_equal(const char *a, const char *b)
{
    while (*a && *a == *b)
        a++, b++;
    return *a == *b;
}

#endif
