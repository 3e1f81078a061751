/*
 * slow.c - 1,000 short sleeps and three of 200 ms by one path, 40 sleeps of 1 ms by another one.
 *
 * Prints how long each sleep took, in nanoseconds: "long" or "even", and the time. That includes
 * what the tool adds, so it is never less than what a report says.
 */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

#define MILLISECOND 1000000

static uint64_t took[1003];

static uint64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

__attribute__((noinline)) static void sleep_unevenly(int i)
{
    uint64_t begun = now_ns();
    nanosleep(&(struct timespec){0, i % 400 == 200 ? 200 * MILLISECOND : 1}, NULL);
    took[i] = now_ns() - begun;
}

__attribute__((noinline)) static void sleep_evenly(int i)
{
    uint64_t begun = now_ns();
    nanosleep(&(struct timespec){0, MILLISECOND}, NULL);
    took[i] = now_ns() - begun;
}

static void print(const char *name, int count)
{
    for (int i = 0; i < count; i++)
        printf("%s %" PRIu64 "\n", name, took[i]);
}

int main(void)
{
    for (int i = 0; i < 1003; i++)
        sleep_unevenly(i);
    print("long", 1003);
    for (int i = 0; i < 40; i++)
        sleep_evenly(i);
    print("even", 40);
    return 0;
}
