/* call_back.c - a library that calls back: its function is a leaf of some targets. */
#include "call_back.h"

static volatile int calls;

void call_back(void (*function)(void *), void *argument)
{
    function(argument);
    calls++;
}

long sum_of_ten(long a, long b, long c, long d, long e, long f, long g, long h, long i, long j)
{
    return a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f + 7 * g + 8 * h + 9 * i + 10 * j;
}

struct large sum_of_large(struct large left, double scale, struct large right)
{
    struct large sum;
    for (int i = 0; i < 60; i++)
        sum.value[i] = left.value[i] * scale + right.value[i];
    return sum;
}

long double sum_of_variadic(int count, ...)
{
    long double sum = 0;
    va_list arguments;
    va_start(arguments, count);
    for (int i = 0; i < count; i++)
        sum += i & 1 ? va_arg(arguments, double) : va_arg(arguments, int);
    va_end(arguments);
    return sum;
}
