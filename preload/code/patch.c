/*
 * patch.c - writes jumps over the first instructions of functions.
 *
 * Another thread may be executing the bytes that are written (cross-modifying code: Intel SDM
 * volume 3, 9.1.3; AMD APM volume 2, 7.6.1). It must find the old instruction or the jump. Both
 * begin at the same address. One locked store writes the 16 aligned bytes around them, which
 * processors fetch at once. The old instruction is a single one, so no thread can be inside it.
 * Debuggers write a trap first; that is not done here, because SIGTRAP is the program's. A signal
 * handler of this thread is safe in the same way.
 */
#include "code/patch.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#include "base/clock.h"
#include "base/kernel.h"
#include "hook_plan.h"
#include "base/forbidden.h"

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23 /* Linux 5.14; older kernels fail, which does no harm */
#endif

bool patch_is_among_threads(void)
{
    struct stat status;
    /* The count is two, and one for each thread (Linux, proc_task_getattr). */
    if (kernel_failed(arch_stat("/proc/self/task", &status)))
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

/* Bits of an entry of /proc/self/pagemap (Documentation/admin-guide/mm/pagemap.rst). */
#define PAGE_PRESENT    (UINT64_C(1) << 63)
#define PAGE_SWAPPED    (UINT64_C(1) << 62)
#define PAGE_OF_FILE    (UINT64_C(1) << 61)
#define PAGEMAP_AT_ONCE 128

/* Whether the page has been written to, for example by a debugger. */
static bool is_private(uint64_t entry)
{
    return (entry & (PAGE_PRESENT | PAGE_SWAPPED)) != 0 && (entry & PAGE_OF_FILE) == 0;
}

static bool is_as_in_file(long pagemap, const struct patch_area *area)
{
    uint64_t entries[PAGEMAP_AT_ONCE];
    uint64_t page = area->start / KERNEL_PAGE, end = area->end / KERNEL_PAGE;
    while (page < end) {
        uint64_t count = end - page < PAGEMAP_AT_ONCE ? end - page : PAGEMAP_AT_ONCE;
        long size = (long)(count * sizeof *entries);
        if (KERNEL_CALL4(SYS_pread64, pagemap, entries, size, page * sizeof *entries) != size)
            return false;
        for (uint64_t i = 0; i < count; i++)
            if (is_private(entries[i]))
                return false;
        page += count;
    }
    return true;
}

void patch_release(const struct patch_area *area)
{
    long pagemap = arch_open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC, 0);
    if (kernel_failed(pagemap))
        return;
    bool can_go = is_as_in_file(pagemap, area);
    KERNEL_CALL1(SYS_close, pagemap);
    if (can_go)
        KERNEL_CALL3(SYS_madvise, area->start, area->end - area->start, MADV_DONTNEED);
}

/* The cost of the first access to a page that is already real. Usually it is very low. But in a
 * virtual machine without nested page tables it is a fault of its own, 5 us. The kernel does not
 * have this fault if it reads and writes the page for us, which costs some 300 ns for each patch.
 * The first page shows which case it is. */
static enum { ACCESS_UNKNOWN, ACCESS_CHEAP, ACCESS_DEAR } first_access;

#define CHEAP_MAX 3000 /* ticks: less than 2 us, whatever the clock */

void patch_touch(const struct patch_area *pages)
{
    KERNEL_CALL3(SYS_madvise, pages->start, pages->end - pages->start, MADV_POPULATE_WRITE);
    if (first_access != ACCESS_UNKNOWN)
        return;
    uint64_t before = clock_ticks();
    (void)*(const volatile uint8_t *)pages->start;
    first_access = clock_ticks() - before <= CHEAP_MAX ? ACCESS_CHEAP : ACCESS_DEAR;
}

static bool is_within_block(uint64_t address)
{
    return address % ARCH_BLOCK <= ARCH_BLOCK - HOOK_PLAN_JUMP;
}

static bool write_at_once(uint64_t address, const uint8_t bytes[HOOK_PLAN_JUMP])
{
    uint64_t block = address & ~(uint64_t)(ARCH_BLOCK - 1), old[2], new[2];
    memory_copy(old, (const void *)block, ARCH_BLOCK);
    memory_copy(new, old, ARCH_BLOCK);
    memory_copy((uint8_t *)new + address % ARCH_BLOCK, bytes, HOOK_PLAN_JUMP);
    return arch_exchange_block(block, old, new);
}

static bool write_by_file(uint64_t address, const uint8_t bytes[HOOK_PLAN_JUMP])
{
    long fd = arch_open("/proc/self/mem", O_RDWR | O_CLOEXEC, 0);
    if (kernel_failed(fd))
        return false;
    long size = KERNEL_CALL4(SYS_pwrite64, fd, bytes, HOOK_PLAN_JUMP, address);
    KERNEL_CALL1(SYS_close, fd);
    return size == HOOK_PLAN_JUMP;
}

bool patch_write(
    uint64_t address, uint64_t target, const uint8_t *expected, unsigned size, enum patch_way way)
{
    uint8_t jump[HOOK_PLAN_JUMP];
    if (!memory_equal((const void *)address, expected, size) ||
        !arch_make_jump(jump, address, target))
        return false;
    if (way == PATCH_BY_FILE)
        return write_by_file(address, jump);
    return is_within_block(address) && write_at_once(address, jump);
}

/* Reads or writes that one system call does (process_vm_readv(2)): for each patch some bytes of
 * ours and as many of the code. */
struct transfer {
    struct iovec ours[PATCH_MANY], code[PATCH_MANY];
    unsigned count;
    long size;
};

static void patch_add(struct transfer *transfer, void *ours, uint64_t code, size_t size)
{
    transfer->ours[transfer->count] = (struct iovec){ours, size};
    transfer->code[transfer->count++] = (struct iovec){(void *)code, size};
    transfer->size += (long)size;
}

/* Returns whether it was all done. */
static bool carry_out(const struct transfer *transfer, long call, int32_t pid)
{
    return KERNEL_CALL6(call, pid, transfer->ours, transfer->count, transfer->code, transfer->count,
               0) == transfer->size;
}

/* Lets the kernel read, if that is cheaper and possible. */
static void read_code(const struct transfer *transfer, int32_t pid)
{
    if (first_access == ACCESS_DEAR && carry_out(transfer, SYS_process_vm_readv, pid))
        return;
    for (unsigned i = 0; i < transfer->count; i++)
        memory_copy(
            transfer->ours[i].iov_base, transfer->code[i].iov_base, transfer->code[i].iov_len);
}

static void write_code(const struct transfer *transfer, int32_t pid)
{
    if (first_access == ACCESS_DEAR && carry_out(transfer, SYS_process_vm_writev, pid))
        return;
    for (unsigned i = 0; i < transfer->count; i++)
        memory_copy(
            transfer->code[i].iov_base, transfer->ours[i].iov_base, transfer->ours[i].iov_len);
}

void patch_write_many(const struct patch *patches, unsigned count, int32_t pid)
{
    uint8_t found[PATCH_MANY][HOOK_PLAN_BYTES], jumps[PATCH_MANY][HOOK_PLAN_JUMP];
    struct transfer reading, writing;
    reading.count = writing.count = 0;
    reading.size = writing.size = 0;
    for (unsigned i = 0; i < count; i++)
        patch_add(&reading, found[i], patches[i].address, patches[i].size);
    read_code(&reading, pid);
    for (unsigned i = 0; i < count; i++) {
        const struct patch *patch = &patches[i];
        if (!memory_equal(found[i], patch->expected, patch->size) ||
            !arch_make_jump(jumps[i], patch->address, patch->target))
            continue;
        patch_add(&writing, jumps[i], patch->address, HOOK_PLAN_JUMP);
        *patch->is_done = true;
    }
    write_code(&writing, pid);
}

void patch_look_for(const struct patch *patches, unsigned count, int32_t pid)
{
    uint8_t found[PATCH_MANY][HOOK_PLAN_JUMP];
    struct transfer reading;
    reading.count = 0;
    reading.size = 0;
    for (unsigned i = 0; i < count; i++)
        patch_add(&reading, found[i], patches[i].address, HOOK_PLAN_JUMP);
    read_code(&reading, pid);
    for (unsigned i = 0; i < count; i++)
        if (!arch_is_jump(found[i], patches[i].address, patches[i].target))
            *patches[i].is_done = false;
}
