/* deep.c - two callers of one recursion, deeper than what is looked at of a stack. */
#include <poll.h>
#include <stdio.h>

__attribute__((noinline)) static int descend(int left)
{
    int result = left ? descend(left - 1) : poll(NULL, 0, 0);
    __asm__ volatile("" : "+r"(result));
    return result + 1;
}

__attribute__((noinline)) static int one(void)
{
    return descend(10500) + 1;
}

__attribute__((noinline)) static int other(void)
{
    return descend(10500) + 2;
}

int main(void)
{
    printf("%d\n", one() + other());
    return 0;
}
