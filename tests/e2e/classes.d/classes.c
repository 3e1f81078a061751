/* classes.c - functions with arguments and results of every class (psABI 3.2.3), called twice each.
 *
 * With -DLIBRARY the functions are exported by a library, with -DPROGRAM the program calls those;
 * with neither they are static in the program. */
#include <complex.h>
#include <immintrin.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>

#if defined LIBRARY || defined PROGRAM
#define SCOPE __attribute__((noinline))
#else
#define SCOPE __attribute__((noinline)) static
#endif

struct small {
    long a;
    double b;
};

struct medium {
    long values[20];
};

struct large {
    double values[60];
};

#define TEN_INTEGERS long a, long b, long c, long d, long e, long f, long g, long h, long i, long j
#define TEN_DOUBLES                                                                                \
    double k, double l, double m, double n, double o, double p, double q, double r, double s,      \
        double t

SCOPE double class_many(TEN_INTEGERS, TEN_DOUBLES);
SCOPE struct small class_small(struct small x, struct small y);
SCOPE struct medium class_medium(struct medium x, long y);
SCOPE struct large class_large(struct large x, double y, struct large z);
SCOPE long double class_extended(long double x, int y, long double z);
SCOPE double _Complex class_complex(double _Complex x, double _Complex y);
SCOPE long double _Complex class_extended_complex(long double _Complex x);
SCOPE double class_variadic(int count, ...);
__attribute__((target("avx2"))) SCOPE __m256d class_ymm(__m256d a, __m256d b, double c);
__attribute__((target("avx512f"))) SCOPE __m512d class_zmm(__m512d a, __m512d b, __m512d c,
    __m512d d, __m512d e, __m512d f, __m512d g, __m512d h, __m512d on_stack);

#ifndef PROGRAM

SCOPE double class_many(TEN_INTEGERS, TEN_DOUBLES)
{
    __asm__ volatile(""); /* else calls with constants are made by the compiler */
    return (double)(a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f + 7 * g + 8 * h + 9 * i + 10 * j) +
           k + 2 * l + 3 * m + 4 * n + 5 * o + 6 * p + 7 * q + 8 * r + 9 * s + 10 * t;
}

SCOPE struct small class_small(struct small x, struct small y)
{
    __asm__ volatile("");
    return (struct small){x.a + 2 * y.a, x.b - y.b};
}

SCOPE struct medium class_medium(struct medium x, long y)
{
    __asm__ volatile("");
    for (int i = 0; i < 20; i++)
        x.values[i] *= y;
    return x;
}

SCOPE struct large class_large(struct large x, double y, struct large z)
{
    __asm__ volatile("");
    for (int i = 0; i < 60; i++)
        x.values[i] += y * z.values[59 - i];
    return x;
}

SCOPE long double class_extended(long double x, int y, long double z)
{
    __asm__ volatile("");
    return x * y + z;
}

SCOPE double _Complex class_complex(double _Complex x, double _Complex y)
{
    __asm__ volatile("");
    return x * y;
}

SCOPE long double _Complex class_extended_complex(long double _Complex x)
{
    __asm__ volatile("");
    return x * x;
}

SCOPE double class_variadic(int count, ...)
{
    __asm__ volatile("");
    va_list list;
    double sum = 0;
    va_start(list, count);
    for (int i = 0; i < count; i++)
        sum = 2 * sum + va_arg(list, int) * va_arg(list, double);
    va_end(list);
    return sum;
}

__attribute__((target("avx2"))) SCOPE __m256d class_ymm(__m256d a, __m256d b, double c)
{
    __asm__ volatile("");
    return _mm256_add_pd(_mm256_mul_pd(a, b), _mm256_set1_pd(c));
}

__attribute__((target("avx512f"))) SCOPE __m512d class_zmm(__m512d a, __m512d b, __m512d c,
    __m512d d, __m512d e, __m512d f, __m512d g, __m512d h, __m512d on_stack)
{
    __asm__ volatile("");
    return a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f + 7 * g + 8 * h + 9 * on_stack;
}

#endif

#ifndef LIBRARY

static void print(const char *name, const double *values, int count)
{
    printf("%s", name);
    for (int i = 0; i < count; i++)
        printf(" %a", values[i]);
    putchar('\n');
}

static void call_many(void)
{
    double sum = class_many(
        1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 0.5, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5, 8.5, 9.5);
    print("many", &sum, 1);
}

static void call_structures(void)
{
    struct small small = class_small((struct small){3, 0.25}, (struct small){4, 0.75});
    struct medium medium;
    struct large large, other;
    for (int i = 0; i < 20; i++)
        medium.values[i] = i * i;
    for (int i = 0; i < 60; i++) {
        large.values[i] = i / 3.0;
        other.values[i] = i * 0.7;
    }
    medium = class_medium(medium, 3);
    large = class_large(large, 1.25, other);
    printf("small %ld %a\nmedium", small.a, small.b);
    for (int i = 0; i < 20; i++)
        printf(" %ld", medium.values[i]);
    putchar('\n');
    print("large", large.values, 60);
}

static void call_numbers(void)
{
    double _Complex product = class_complex(1.5 + 2.5 * I, -0.5 + 3 * I);
    long double _Complex square = class_extended_complex(1.5L + 0.25L * I);
    double variadic = class_variadic(6, 1, 0.5, 2, 1.5, 3, 2.5, 4, 3.5, 5, 4.5, 6, 5.5);
    printf("extended %La\n", class_extended(1.1L, 7, 0.3L));
    printf(
        "complex %a %a %La %La\n", creal(product), cimag(product), creall(square), cimagl(square));
    print("variadic", &variadic, 1);
}

__attribute__((target("avx2"))) static void call_ymm(void)
{
    double values[4];
    __m256d a = _mm256_set_pd(1, 2, 3, 4), b = _mm256_set_pd(0.5, 0.25, 0.125, 8);
    _mm256_storeu_pd(values, class_ymm(a, b, 0.75));
    print("ymm", values, 4);
}

__attribute__((target("avx512f"))) static void call_zmm(void)
{
    double values[8];
    __m512d a = _mm512_set_pd(1, 2, 3, 4, 5, 6, 7, 8), b = _mm512_set1_pd(0.5);
    _mm512_storeu_pd(values, class_zmm(a, b, a, b, a, b, a, b, a + b));
    print("zmm", values, 8);
}

static void call_all(void)
{
    call_many();
    call_structures();
    call_numbers();
    if (__builtin_cpu_supports("avx2"))
        call_ymm();
    if (__builtin_cpu_supports("avx512f"))
        call_zmm();
}

static ucontext_t outside, inside;

/* A stack that ends where its mapping ends: nothing is to be read behind it. */
static void call_at_the_edge(void)
{
    size_t size = 1 << 20;
    char *memory = mmap(NULL, size + 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    mprotect(memory, size, PROT_READ | PROT_WRITE);
    getcontext(&inside);
    inside.uc_stack.ss_sp = memory;
    inside.uc_stack.ss_size = size;
    inside.uc_link = &outside;
    makecontext(&inside, call_all, 0);
    swapcontext(&outside, &inside);
    munmap(memory, size + 4096);
}

int main(void)
{
    call_all();
    call_at_the_edge();
    return 0;
}

#endif
