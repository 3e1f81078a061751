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

static size_t copy_text(char *to, const char *from, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        to[i] = from[i];
        if (to[i] == '\0')
            return i + 1;
    }
    return size;
}

size_t kernel_copy_text(char *to, uint64_t from, size_t size, uint64_t readable)
{
    size_t done = 0;
    while (done < size) {
        uint64_t at = from + done, left = KERNEL_PAGE - at % KERNEL_PAGE;
        if (kernel_page_down(at) != kernel_page_down(readable) &&
            !kernel_is_readable(at & ~UINT64_C(7)))
            return 0;
        done += copy_text(to + done, (const char *)at, left < size - done ? left : size - done);
        if (to[done - 1] == '\0')
            break;
    }
    return done;
}

bool kernel_can_read(uint64_t from, size_t size, uint64_t readable)
{
    uint64_t last = kernel_page_down(from + size - 1);
    for (uint64_t page = kernel_page_down(from); page <= last; page += KERNEL_PAGE)
        if (page != kernel_page_down(readable) && !kernel_is_readable(page))
            return false;
    return from + size > from;
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
