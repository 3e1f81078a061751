/* fibers.c - fibers call the root in turns, within each other's calls. With an argument, the second
 * half of each call runs in another thread, and then the first one calls the root once more. */
#include <pthread.h>
#include <stdio.h>
#include <ucontext.h>

#define FIBERS 5
#define ROUNDS 20

static ucontext_t fibers[FIBERS], scheduler;
static _Alignas(16) char stacks[FIBERS][32 << 10];
static volatile long sum;
static volatile int current;

__attribute__((noinline)) static void step(void)
{
    sum = sum + 1;
}

__attribute__((noinline)) static void serve(int key, int rounds)
{
    for (int i = 0; i < rounds; i++) {
        for (int k = 0; k <= key; k++)
            step();
        swapcontext(&fibers[key], &scheduler);
    }
    sum = sum + key;
}

static void run(int key, int rounds)
{
    serve(key, rounds);
}

static void *resume_all(void *argument)
{
    for (int i = 0; i < FIBERS; i++) {
        current = i;
        swapcontext(&scheduler, &fibers[i]);
    }
    return argument;
}

int main(int count, char **arguments)
{
    (void)arguments;
    int rounds = count > 1 ? 1 : ROUNDS;
    for (int i = 0; i < FIBERS; i++) {
        getcontext(&fibers[i]);
        fibers[i].uc_stack.ss_sp = stacks[i];
        fibers[i].uc_stack.ss_size = sizeof stacks[i];
        fibers[i].uc_link = &scheduler;
        makecontext(&fibers[i], (void (*)(void))run, 2, i, rounds);
    }
    for (int i = 0; i < rounds; i++)
        resume_all(NULL);
    if (count > 1) {
        pthread_t thread;
        pthread_create(&thread, NULL, resume_all, NULL);
        pthread_join(thread, NULL);
        serve(100, 0);
    } else {
        resume_all(NULL);
    }
    for (int i = 0; i < FIBERS; i++)
        printf("%d: 1 calls, %d hits\n", i, rounds * (i + 1));
    if (count > 1)
        printf("100: 1 calls, 0 hits\n");
    return 0;
}
