/*
 * nameless.c - is stripped: only its leaves have names.
 */
#include <unistd.h>

#define NOINLINE __attribute__((noinline, noclone))

NOINLINE static void inner(int number)
{
    usleep(500 + (unsigned)number);
    __asm__ volatile("");
}

NOINLINE static void middle(int number)
{
    inner(number + 1);
    __asm__ volatile("");
}

NOINLINE static void other(void)
{
    sync();
    __asm__ volatile("");
}

int main(void)
{
    for (int i = 0; i < 3; i++)
        middle(i);
    other();
    return 0;
}
