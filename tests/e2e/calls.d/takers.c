/* takers.c - see takers.h. Each asks for its parent: a leaf within, which does not wait. */
#include "takers.h"

#include <stdarg.h>
#include <stdint.h>
#include <unistd.h>

long taken;

static void count(void)
{
    taken++;
    getppid();
}

long take_words(long count_of_words, ...)
{
    va_list list;
    long sum = 0;
    count();
    va_start(list, count_of_words);
    for (long i = 1; i <= count_of_words; i++)
        sum += i * va_arg(list, long);
    va_end(list);
    return sum;
}

static long sum_of(const struct large *value)
{
    long sum = 0;
    for (long i = 0; i < 375; i++)
        sum = sum * 3 + value->words[i];
    return sum;
}

long take_large(struct large value, long more)
{
    count();
    return sum_of(&value) + more;
}

struct large give_large(long a, long b, long c, long d, long e, long f, long g, struct large value)
{
    struct large result = value;
    count();
    result.words[0] += a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f + 7 * g;
    return result;
}

long take_long_doubles(long count_of_them, ...)
{
    va_list list;
    long double sum = 0;
    count();
    va_start(list, count_of_them);
    for (long i = 1; i <= count_of_them; i++)
        sum += i * va_arg(list, long double);
    va_end(list);
    return (long)(sum * 4);
}

long take_complex(_Complex long double a, _Complex double b, long c, _Complex long double d)
{
    count();
    return (long)(__real__ a + 2 * __imag__ a + 3 * __real__ b + 4 * __imag__ b + c +
                  5 * __real__ d + 6 * __imag__ d);
}

__attribute__((target("avx"))) long take_wide(
    wide a, wide b, wide c, wide d, wide e, wide f, wide g, wide h, wide i, wide j)
{
    volatile wide *place = &j;
    wide sum = a + b + c + d + e + f + g + h + i + *place;
    count();
    if ((uintptr_t)&i % 32 || (uintptr_t)place % 32)
        return -1;
    return (long)(sum[0] + 2 * sum[1] + 3 * sum[2] + 4 * sum[3]);
}
