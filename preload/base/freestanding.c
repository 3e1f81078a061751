/*
 * freestanding.c - functions that compilers call by themselves, to copy and clear structures.
 *
 * GCC and clang expect these even in a freestanding environment (GCC manual, "Standards"). They are
 * hidden, so that no such call leaves the library: libc's would use vector registers.
 */
#include <stddef.h>

#include "arch.h"
#include "base/kernel.h"

void *memcpy(void *to, const void *from, size_t size);
void *memset(void *memory, int byte, size_t size);

void *memcpy(void *to, const void *from, size_t size)
{
    memory_copy(to, from, size);
    return to;
}

void *memset(void *memory, int byte, size_t size)
{
    arch_fill(memory, byte, size);
    return memory;
}
