/* row.c - see row.h. */
#include "row.h"

#include <unistd.h>

#define FUNCTION __attribute__((noinline, noclone)) int

FUNCTION odd(unsigned n)
{
    __asm__ volatile("" : "+r"(n));
    return n == 0 ? 0 : even(n - 1);
}

FUNCTION even(unsigned n)
{
    __asm__ volatile("" : "+r"(n));
    return n == 0 ? 1 : odd(n - 1);
}

FUNCTION first(unsigned n)
{
    __asm__ volatile("" : "+r"(n));
    return n == 0 ? 3 : plain(n);
}

FUNCTION plain(unsigned n)
{
    __asm__ volatile("" : "+r"(n));
    return last(n);
}

FUNCTION last(unsigned n)
{
    if (n % 1000 == 0)
        getppid();
    __asm__ volatile("" : "+r"(n));
    return first(n - 1);
}

FUNCTION looker(unsigned n)
{
    __asm__ volatile("" : "+r"(n));
    return n == 0 ? 5 : _Unwind_Looker(n);
}

FUNCTION _Unwind_Looker(unsigned n)
{
    __asm__ volatile("" : "+r"(n));
    return looker(n - 1);
}

/* Arguments on the stack are passed on in their places. */
FUNCTION summing(long a, long b, long c, long d, long e, long f, long g, long h, unsigned n)
{
    __asm__ volatile("" : "+r"(n));
    return n == 0 ? (int)(a + b + c + d + e + f + g + h) : adding(b, c, d, e, f, g, h, a, n - 1);
}

FUNCTION adding(long a, long b, long c, long d, long e, long f, long g, long h, unsigned n)
{
    __asm__ volatile("" : "+r"(n));
    return n == 0 ? (int)(2 * g + h) : summing(a, b, c, d, e, f, g + 1, h, n - 1);
}
