/* takers.h - functions with many arguments on the stack, in the program or in a library. */
#ifndef TAKERS_H
#define TAKERS_H

struct large {
    long words[375]; /* 3,000 bytes */
};

long take_words(long count, ...);
long take_large(struct large value, long more);
struct large give_large(long a, long b, long c, long d, long e, long f, long g, struct large value);
long take_long_doubles(long count, ...);
long take_complex(_Complex long double a, _Complex double b, long c, _Complex long double d);

typedef double wide __attribute__((vector_size(32)));
/* Ten vectors, of which two come on the stack, aligned; a callee may rely on that. */
__attribute__((target("avx"))) long take_wide(
    wide a, wide b, wide c, wide d, wide e, wide f, wide g, wide h, wide i, wide j);

/* Calls of all of them so far. */
extern long taken;

#endif
