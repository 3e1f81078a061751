/* arguments.c - arguments on the stack, many and large, aligned and variable. */
#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "leaf.h"

struct large {
    uint64_t words[60];
};

struct aligned {
    alignas(64) uint64_t words[16];
};

long many(int a, int b, int c, int d, int e, int f, int g, int h, int i, int j, double k, double l,
    double m, double n, double o, double p, double q, double r, double s, double t);
uint64_t large(struct large value, long more);
int aligned(struct aligned value, int after);
int variable(const char *format, ...);

LEAF(many, many_really);
LEAF(large, large_really);
LEAF(aligned, aligned_really);
LEAF(variable, variable_really);

IMPLEMENTATION long many_really(int a, int b, int c, int d, int e, int f, int g, int h, int i,
    int j, double k, double l, double m, double n, double o, double p, double q, double r, double s,
    double t)
{
    return a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f + 7 * g + 8 * h + 9 * i + 10 * j +
           (long)(11 * k + 12 * l + 13 * m + 14 * n + 15 * o + 16 * p + 17 * q + 18 * r + 19 * s +
                  20 * t);
}

IMPLEMENTATION uint64_t large_really(struct large value, long more)
{
    uint64_t sum = (uint64_t)more;
    for (unsigned i = 0; i < 60; i++)
        sum = sum * 31 + value.words[i];
    return sum;
}

IMPLEMENTATION int aligned_really(struct aligned value, int after)
{
    volatile struct aligned *place = &value;
    return (uint64_t)place % 64 == 0 && place->words[15] == 15 ? after : -1;
}

IMPLEMENTATION int variable_really(const char *format, ...)
{
    char text[200];
    va_list list;
    va_start(list, format);
    vsnprintf(text, sizeof text, format, list);
    va_end(list);
    return puts(text);
}

int main(void)
{
    struct large value;
    struct aligned wide;
    for (unsigned i = 0; i < 60; i++)
        value.words[i] = i * i;
    for (unsigned i = 0; i < 16; i++)
        wide.words[i] = i;
    printf("%ld\n", many(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20));
    printf("%lu\n", large(value, 7));
    printf("%d\n", aligned(wide, 7));
    variable("%d %g %s %d %d %d %d %g %g", 1, 2.5, "three", 4, 5, 6, 7, 8.5, 9.25);
    return 0;
}
