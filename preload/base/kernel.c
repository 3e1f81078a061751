/*
 * kernel.c - whether system calls may be made, and whether an address can be read.
 */
#include "base/kernel.h"

#include <asm/errno.h>
#include <sys/syscall.h>

#include "base/forbidden.h"

_Atomic int kernel_is_forbidden;

int kernel_is_readable(uint64_t address)
{
    if (kernel_is_forbidden)
        return 0;
    return KERNEL_CALL4(SYS_rt_sigprocmask, -1, address, NULL, 8) != -EFAULT;
}
