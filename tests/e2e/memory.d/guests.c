/* guests.c - a program with a fixed address maps others below and above itself, wherever nothing of
 * its own is, as emulators do, and grows its heap. Built without PIE. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

extern char __executable_start[], end[];

__attribute__((noinline)) static int hit(void)
{
    return (int)getppid() & 0;
}

int main(void)
{
    const uintptr_t first = 0x10000, start = (uintptr_t)__executable_start;
    char *heap = sbrk(64 << 20);
    printf("the heap grows: %d\n", heap != (char *)-1);
    char *guest = mmap((void *)first, start - first, PROT_READ | PROT_WRITE,
        MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    printf("a guest below: %d\n", guest == (char *)first);
    memset(guest, 0xcc, start - first);
    for (int i = 0; i < 100; i++)
        hit();
    for (uintptr_t i = 0; i < start - first; i++)
        if (guest[i] != (char)0xcc)
            return 1;
    return 0;
}
