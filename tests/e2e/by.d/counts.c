/* counts.c - calls of serve with several keys, in four threads, by recursion and by way of another
 * function, and some that are left by longjmp. Prints what it has counted itself: for each key the
 * calls of serve, and the hits of step within them, both without and with calls within calls
 * counted apart. */
#include <pthread.h>
#include <setjmp.h>
#include <stdio.h>

#define THREADS 4
#define KEYS    9 /* from -4 on */

struct count {
    long calls, hits;
};

static _Atomic long outer_calls[KEYS], outer_hits[KEYS], inner_calls[KEYS], inner_hits[KEYS];
static __thread int depth, outer_key;
static __thread jmp_buf out;
static volatile long sum;

__attribute__((noinline)) static void step(int key)
{
    sum = sum + key;
}

static void hit(int key)
{
    outer_hits[outer_key + 4]++;
    inner_hits[key + 4]++;
    step(key);
}

static void begin(int key)
{
    if (depth++ == 0) {
        outer_key = key;
        outer_calls[key + 4]++;
    }
    inner_calls[key + 4]++;
}

static void serve(double weight, const char *name, int key, unsigned char rounds);

__attribute__((noinline)) static void between(int key)
{
    hit(key);
    serve(1.5, "another secret", key - 1, 0);
    sum = sum + 1;
}

__attribute__((noinline)) static void serve(
    double weight, const char *name, int key, unsigned char rounds)
{
    begin(key);
    for (int i = 0; i < rounds; i++)
        hit(key);
    if (rounds > 3)
        serve(weight, name, -key, rounds - 3);
    if (rounds == 3)
        between(key);
    if (rounds == 1)
        longjmp(out, 1);
    hit(key);
    depth--;
}

/* The upper half of the register of an int is not defined (psABI 3.2.1): it has garbage here. */
static void (*volatile call)(
    double, const char *, long, long) = (void (*)(double, const char *, long, long))serve;

static void *work(void *argument)
{
    for (volatile int i = 0; i < 100; i++) {
        depth = 0;
        if (setjmp(out) == 0)
            call(0.5, "top secret", (long)(i % 4) | (long)i << 32, (i % 9) | 0xabcd00);
    }
    return argument;
}

static void print(const char *name, const _Atomic long *calls, const _Atomic long *hits)
{
    for (int i = 0; i < KEYS; i++)
        if (calls[i])
            printf("%s %d: %ld calls, %ld hits\n", name, i - 4, calls[i], hits[i]);
}

int main(void)
{
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, work, NULL);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    print("outer", outer_calls, outer_hits);
    print("inner", inner_calls, inner_hits);
    return 0;
}
