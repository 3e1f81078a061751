/* A library to be loaded and unloaded: hits in its constructor, its destructor and on demand. Built
 * several times with another NUMBER, and so with other code at the same addresses. */
#include <fcntl.h>
#include <unistd.h>

#ifndef NUMBER
#define NUMBER 0
#endif
#define JOIN(a, b)  a##b
#define NAME(a, b)  JOIN(a, b)
#define NUMBERED(a) NAME(a, NUMBER)

static int zeroes;
static char byte;

__attribute__((constructor)) static void NUMBERED(begin_)(void)
{
    zeroes = open("/dev/zero", O_RDONLY);
    read(zeroes, &byte, 1);
    __asm__ volatile(""); /* the call is no jump */
}

__attribute__((destructor)) static void NUMBERED(end_)(void)
{
    read(zeroes, &byte, 1);
    close(zeroes);
}

#if NUMBER > 0
/* Moves what follows. */
__attribute__((noinline)) int padding(int n)
{
    for (int i = 0; i < n; i++)
        __asm__ volatile(".fill 16 * %c0, 1, 0x90" : : "i"(NUMBER));
    return n * 77;
}
#endif

/* A leaf that is hooked at its entry. */
__attribute__((noinline)) int NUMBERED(inner_)(int n)
{
    __asm__ volatile("");
    return n + NUMBER;
}

/* The same name in each of them. */
int work(int n)
{
    int size = (int)read(zeroes, &byte, 1);
    return size + NUMBERED(inner_)(n);
}
