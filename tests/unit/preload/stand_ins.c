/*
 * stand_ins.c - what kernel.c, pool.c, the trampoline and vector_state.S do, by way of libc, for
 * tests under TSan.
 *
 * TSan knows that memory is new when libc's mmap returned it, but sees no system call of our
 * own; and nothing needs its vector registers saved here.
 */
#include <errno.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "arch.h"
#include "base/kernel.h"
#include "base/pool.h"
#include "code/call_frame.h"

_Atomic int kernel_is_forbidden;

void *pool_take(size_t size)
{
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return memory == MAP_FAILED ? NULL : memory;
}

void pool_give(void *memory, size_t size)
{
    munmap(memory, size);
}

uint64_t pool_share(uint64_t size)
{
    return size;
}

void *pool_take_for_good(size_t size)
{
    return pool_take(size);
}

void *pool_take_from(struct pool_row *row, size_t size)
{
    (void)row;
    return pool_take(size);
}

void pool_prepare(size_t size)
{
    (void)size;
}

int kernel_is_readable(uint64_t address)
{
    return syscall(SYS_rt_sigprocmask, -1, address, NULL, 8) == 0 || errno != EFAULT;
}

long kernel_map_at(
    uint64_t place, uint64_t size, int protection, int flags, long fd, uint64_t offset)
{
    void *memory = mmap(
        (void *)place, size, protection, flags | MAP_FIXED_NOREPLACE, (int)fd, (off_t)offset);
    return memory == MAP_FAILED ? -errno : 0;
}

void arch_call_saving(struct arch_vectors *area, void (*function)(void *), void *argument)
{
    (void)area;
    function(argument);
}

const char arch_return_address[1]; /* no frame here is one of the trampoline's */

/* Of the trampoline, which is not there. */
const uint64_t arch_entries[HOOK_ENTRIES];
