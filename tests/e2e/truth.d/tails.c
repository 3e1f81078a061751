/* Functions that end in jumps: what is jumped to has their callers' return addresses. */
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static const struct timespec moment = {0, 100000};
static volatile int done;

/* Each after another, so that none is inlined, and none called: only jumped to. */
__attribute__((noinline)) static int last(int count)
{
    nanosleep(&moment, NULL);
    return done + count;
}

__attribute__((noinline)) static int store(int count)
{
    usleep(100);
    done++;
    return last(count);
}

__attribute__((noinline)) static int handle(int count)
{
    nanosleep(&moment, NULL);
    done++;
    return store(count);
}

/* No leaf of its own. */
__attribute__((noinline)) static int pass(int count)
{
    done++;
    return last(count);
}

__attribute__((noinline)) static int nap(int count)
{
    done++;
    return usleep((unsigned)count);
}

static int (*volatile by_pointer)(int) = handle;

__attribute__((constructor)) static void construct(void)
{
    nanosleep(&moment, NULL);
    done++;
}

static void at_exit(void)
{
    nanosleep(&moment, NULL);
    done++;
}

__attribute__((noinline)) static int real_main(int count)
{
    int sum = handle(count) + pass(count) + nap(count);
    sum += last(count); /* not below any of these */
    if (count > 1)
        sum += by_pointer(count); /* two calls of handle */
    done++;
    return sum > 1000;
}

int main(int count, char **words)
{
    (void)words;
    atexit(at_exit);
    usleep(100);
    return real_main(count);
}
