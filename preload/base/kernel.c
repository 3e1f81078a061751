/*
 * kernel.c - whether system calls may be made, whether an address can be read, and mappings at one
 * place.
 */
#include "base/kernel.h"

#include <asm/errno.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "base/forbidden.h"

_Atomic int kernel_is_forbidden;

int kernel_is_readable(uint64_t address)
{
    if (kernel_is_forbidden || address < KERNEL_PAGE) /* NULL means no set there */
        return 0;
    return KERNEL_CALL4(SYS_rt_sigprocmask, -1, address, NULL, 8) != -EFAULT;
}

size_t kernel_copy(char *to, uint64_t from, size_t size, bool is_text)
{
    uint64_t readable = 1; /* no page has this address */
    for (size_t i = 0; i < size; i++) {
        uint64_t page = kernel_page_down(from + i);
        if (page != readable && !kernel_is_readable((from + i) & ~UINT64_C(7)))
            return 0;
        readable = page;
        to[i] = *(const char *)(from + i);
        if (is_text && to[i] == '\0')
            return i + 1;
    }
    return size;
}

long kernel_map_at(
    uint64_t place, uint64_t size, int protection, int flags, long fd, uint64_t offset)
{
    long memory = KERNEL_CALL6(
        SYS_mmap, place, size, protection, flags | MAP_FIXED_NOREPLACE, fd, offset);
    if (kernel_failed(memory))
        return memory;
    if ((uint64_t)memory == place)
        return 0;
    KERNEL_CALL2(SYS_munmap, memory, size); /* an older kernel, which takes the place as a hint */
    return -EEXIST;
}
