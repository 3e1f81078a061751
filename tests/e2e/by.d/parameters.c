/* parameters.c - functions whose arguments are passed in each way. The key is always 77. */
#include <complex.h>
#include <stddef.h>
#include <stdint.h>

struct pair {
    long a, b;
};
struct large {
    long a[9];
};
typedef const volatile int32_t key_type;
enum color { RED, KEY = 77 };

static volatile long sum;

#define FUNCTION __attribute__((noinline, noclone)) static

FUNCTION void named(float f, long double g, double h, key_type key)
{
    sum = sum + key + (long)(f + g + h);
}

FUNCTION void sixth(char a, short b, int c, long d, void *e, enum color key)
{
    sum = sum + a + b + c + d + (e != NULL) + key;
}

FUNCTION void seventh(long a, long b, long c, long d, long e, long f, long key)
{
    sum = sum + a + b + c + d + e + f + key;
}

FUNCTION void behind_pair(struct pair pair, int key)
{
    sum = sum + pair.a + key;
}

FUNCTION void before_pair(int key, struct pair pair)
{
    sum = sum + pair.a + key;
}

FUNCTION struct large returns_large(int key)
{
    sum = sum + key;
    return (struct large){{key}};
}

FUNCTION void behind_wide(__int128 wide, int key)
{
    sum = sum + (long)wide + key;
}

FUNCTION void of_float(float key)
{
    sum = sum + (long)key;
}

FUNCTION void of_flag(_Bool key)
{
    sum = sum + key;
}

/* gcc makes a copy without the parameter that is always the same. */
__attribute__((noinline)) static int copied(int always, int key)
{
    sum = sum + key;
    return always == 3 ? (int)sum : -1;
}

int main(void)
{
    struct pair pair = {1, 2};
    for (int i = 0; i < 3; i++) {
        named(1, 2, 3, 77);
        sixth(1, 2, 3, 4, &pair, KEY);
        seventh(1, 2, 3, 4, 5, 6, 77);
        behind_pair(pair, 77);
        before_pair(77, pair);
        sum = sum + returns_large(77).a[0];
        behind_wide(1, 77);
        of_float(77);
        of_flag(1);
        sum = sum + copied(3, 77) + copied(3, (int)sum);
    }
    return 0;
}
