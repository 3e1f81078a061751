/*
 * patch.c - writes jumps over the first instructions of functions.
 *
 * Another thread may execute the very bytes that are written (cross-modifying code: Intel SDM
 * volume 3, 9.1.3; AMD APM volume 2, 7.6.1). It must find the old instruction or the jump. Both
 * begin at the same address, and are written by one locked store of the 16 aligned bytes that
 * they lie in, which processors fetch as one; as the old one is a single instruction, no thread
 * stands within it. No trap is put there in between, as debuggers do, since SIGTRAP is the
 * program's. A signal handler of this thread is as safe.
 */
#include "patch.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "hook_plan.h"
#include "kernel.h"
#include "forbidden.h"

#define BLOCK 16

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23 /* Linux 5.14; before, it fails, and nothing is lost */
#endif

bool patch_is_among_threads(void)
{
    struct stat status;
    /* Two, and one for each thread (Linux, proc_task_getattr). */
    if (kernel_failed(KERNEL_CALL2(SYS_stat, "/proc/self/task", &status)))
        return true;
    return status.st_nlink != 3;
}

bool patch_open(const struct patch_area *area)
{
    return !kernel_failed(KERNEL_CALL3(SYS_mprotect, area->start, area->end - area->start,
        area->protection | PROT_READ | PROT_WRITE));
}

void patch_close(const struct patch_area *area)
{
    KERNEL_CALL3(SYS_mprotect, area->start, area->end - area->start, area->protection);
}

void patch_touch(uint64_t page)
{
    KERNEL_CALL3(SYS_madvise, page, KERNEL_PAGE, MADV_POPULATE_WRITE);
}

/* The jump, or all zero where it would be too far. */
static bool make_jump(uint8_t *jump, uint64_t from, uint64_t to)
{
    int64_t offset = (int64_t)(to - (from + HOOK_PLAN_JUMP));
    int32_t value = (int32_t)offset;
    if (value != offset)
        return false;
    jump[0] = 0xe9;
    memory_copy(jump + 1, &value, sizeof value);
    return true;
}

/* Replaces the 16 aligned bytes at `address` if they are `old` still. */
static bool exchange(uint64_t address, const uint64_t old[2], const uint64_t new[2])
{
    uint64_t low = old[0], high = old[1];
    bool is_done;
    __asm__ volatile("lock cmpxchg16b (%3)"
                     : "=@ccz"(is_done), "+a"(low), "+d"(high)
                     : "r"(address), "b"(new[0]), "c"(new[1])
                     : "memory");
    return is_done;
}

static bool is_within_block(uint64_t address)
{
    return address % BLOCK <= BLOCK - HOOK_PLAN_JUMP;
}

static bool write_at_once(uint64_t address, const uint8_t *jump)
{
    uint64_t block = address & ~(uint64_t)(BLOCK - 1), old[2], new[2];
    memory_copy(old, (const void *)block, BLOCK);
    memory_copy(new, old, BLOCK);
    memory_copy((uint8_t *)new + address % BLOCK, jump, HOOK_PLAN_JUMP);
    return exchange(block, old, new);
}

static bool write_by_file(uint64_t address, const uint8_t *jump)
{
    long fd = KERNEL_CALL2(SYS_open, "/proc/self/mem", O_RDWR | O_CLOEXEC);
    if (kernel_failed(fd))
        return false;
    long size = KERNEL_CALL4(SYS_pwrite64, fd, jump, HOOK_PLAN_JUMP, address);
    KERNEL_CALL1(SYS_close, fd);
    return size == HOOK_PLAN_JUMP;
}

bool patch_write(
    uint64_t address, uint64_t target, const uint8_t *expected, unsigned size, enum patch_way way)
{
    uint8_t jump[HOOK_PLAN_JUMP];
    if (!memory_equal((const void *)address, expected, size) || !make_jump(jump, address, target))
        return false;
    if (way == PATCH_BY_FILE)
        return write_by_file(address, jump);
    if (is_within_block(address))
        return write_at_once(address, jump);
    if (way == PATCH_ATOMIC)
        return false;
    memory_copy((void *)address, jump, sizeof jump);
    return true;
}
