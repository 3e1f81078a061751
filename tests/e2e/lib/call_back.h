/* call_back.h - functions of a library that are leaves of some targets. */
#ifndef CALL_BACK_H
#define CALL_BACK_H

#include <stdarg.h>

#ifdef __cplusplus
extern "C" {
#endif

struct large {
    double value[60]; /* 480 bytes, passed and returned in memory */
};

void call_back(void (*function)(void *), void *argument);
long sum_of_ten(long a, long b, long c, long d, long e, long f, long g, long h, long i, long j);
struct large sum_of_large(struct large left, double scale, struct large right);

/* The sum of `count` arguments that are int and double in turn. */
long double sum_of_variadic(int count, ...);

#ifdef __cplusplus
}
#endif

#endif
