#include <time.h>

static const struct timespec pause_time = {.tv_nsec = 1000000};
static volatile int calls;

__attribute__((noinline)) static void baz(void)
{
    nanosleep(&pause_time, NULL);
    calls++;
}
__attribute__((always_inline)) static inline void bar(void)
{
    nanosleep(&pause_time, NULL);
    calls++;
}

__attribute__((noinline)) static void foo(void)
{
    bar();
    baz();
    calls++;
}
int main(void)
{
    foo();
    return calls != 3;
}
