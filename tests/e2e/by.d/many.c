/* many.c - 100,000 values, each twice, in two threads. */
#include <pthread.h>
#include <stdint.h>

static volatile long sum;

__attribute__((noinline)) static void step(void)
{
    sum = sum + 1;
}

__attribute__((noinline)) static void serve(uint64_t tenant)
{
    step();
    sum = sum + (long)tenant;
}

static void *work(void *argument)
{
    for (uint64_t i = 0; i < 100000; i++)
        serve(i << 20);
    return argument;
}

int main(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, work, NULL);
    pthread_join(thread, NULL);
    work(NULL);
    return 0;
}
