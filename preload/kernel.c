/*
 * kernel.c - memory from the kernel, and whether an address can be read.
 */
#include "kernel.h"

#include <asm/errno.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "forbidden.h"

_Atomic int kernel_is_forbidden;

/* To make pages real at once costs a tenth of what as many page faults do, most of all in a virtual
 * machine; but with many the program would notice it. */
#define POPULATED_MAX (UINT32_C(256) << 10)

void *kernel_map_memory(size_t size)
{
    int populate = size <= POPULATED_MAX ? MAP_POPULATE : 0;
    if (kernel_is_forbidden)
        return NULL;
    long memory = KERNEL_CALL6(SYS_mmap, NULL, size, PROT_READ | PROT_WRITE,
        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | populate, -1, 0);
    return kernel_failed(memory) ? NULL : (void *)memory;
}

void kernel_unmap_memory(void *memory, size_t size)
{
    if (!kernel_is_forbidden)
        KERNEL_CALL2(SYS_munmap, memory, size);
}

int kernel_is_readable(uint64_t address)
{
    if (kernel_is_forbidden)
        return 0;
    return KERNEL_CALL4(SYS_rt_sigprocmask, -1, address, NULL, 8) != -EFAULT;
}
