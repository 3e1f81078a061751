/* Functions that end in jumps, with a call that names them, and one that does not. */
#include <unistd.h>

static volatile int done;

__attribute__((noinline)) static int fetch(int count)
{
    usleep(100);
    done++;
    return done + count;
}

__attribute__((noinline)) int cache_get(int count);
int cache_get(int count)
{
    done++;
    return fetch(count);
}

__attribute__((noinline)) int nap(int count);
int nap(int count)
{
    done++;
    return usleep((unsigned)count);
}

static int (*volatile pointer)(int) = cache_get;

__attribute__((noinline)) static int by_pointer(int count)
{
    int result = pointer(count);
    done++;
    return result + done;
}

int main(int count, char **words)
{
    (void)words;
    return cache_get(count) + nap(count) + by_pointer(count) == 77;
}
