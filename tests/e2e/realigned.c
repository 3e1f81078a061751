// cflags: -O2 -g -mavx2
/* A function that realigns its stack: the CFA is a word at rbp - 8. */
#include <unistd.h>

__attribute__((noinline)) static int use(volatile char *aligned)
{
    usleep(100);
    return aligned[0];
}

__attribute__((noinline)) static int realigned(int size)
{
    volatile char buffer[64] __attribute__((aligned(64))) = {0};
    volatile char variable[size];
    variable[0] = 0;
    return use(buffer) + use(variable);
}

int main(void)
{
    return realigned(100);
}
