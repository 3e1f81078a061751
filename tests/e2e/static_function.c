// options: --leaf step_*,finish
/* Leaves of the program's own: static functions by a pattern, and one that calls another. */
#include <stdlib.h>

static volatile int sum;

__attribute__((noinline)) static int step_one(int n)
{
    sum += n;
    return n + 1;
}

__attribute__((noinline)) static int step_two(int n)
{
    return step_one(n) + step_one(n + 1);
}

__attribute__((noinline)) static void finish(int status)
{
    sum += step_two(status);
}

__attribute__((noinline)) static void work(int rounds)
{
    for (int i = 0; i < rounds; i++)
        sum += step_two(i);
    finish(rounds);
}

int main(void)
{
    work(3);
    sum += step_one(5);
    work(1);
    return EXIT_SUCCESS;
}
