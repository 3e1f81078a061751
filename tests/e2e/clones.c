// cflags: -O2 -g -fno-inline -fno-ipa-modref
// options: --leaf scaled,first_of
/* Functions of which the compiler has made clones of its own kind: the plain names find them. */
#include <stddef.h>

struct pair {
    int first, second;
};

static volatile int sum;

/* Always called with the same factor: scaled.constprop.0. */
static int scaled(int n, int factor)
{
    sum += n * factor;
    return sum;
}

/* Only one member is used: first_of.isra.0, which takes that. */
static int first_of(const struct pair *pair, int unused)
{
    (void)unused;
    sum += pair->first;
    return sum;
}

int main(void)
{
    struct pair pair = {sum + 1, 2};
    sum += scaled(sum, 7);
    sum += scaled(sum + 1, 7);
    sum += first_of(&pair, sum);
    return 0;
}
