/*
 * fibers.c - 30 fibers wait at two places, on stacks of which some were those of other fibers
 * before. The thread that has begun them has ended; another one of the same function, which has
 * its tree, waits for a lock while it runs a fiber.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#define FIBERS 30
#define STACK  (1 << 16)

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static __thread ucontext_t *scheduler;
static char *stacks[FIBERS];

static ucontext_t *own_scheduler(void)
{
    __asm__ volatile("");
    return scheduler;
}

__attribute__((noinline)) static void wait_for_message(ucontext_t *own)
{
    swapcontext(own, own_scheduler());
    __asm__ volatile("");
}

__attribute__((noinline)) static void wait_for_timer(ucontext_t *own)
{
    swapcontext(own, own_scheduler());
    __asm__ volatile("");
}

/* The first fiber of a stack ends by a switch that never returns. */
__attribute__((noinline)) static void end(ucontext_t *own)
{
    swapcontext(own, own_scheduler());
    __asm__ volatile("");
}

__attribute__((noinline)) static void take_lock(void)
{
    pthread_mutex_lock(&lock);
    __asm__ volatile("");
}

enum way { MESSAGE, TIMER, ENDS, LOCK };

static void body(int way)
{
    static ucontext_t contexts[FIBERS * 2];
    static int used;
    ucontext_t *own = &contexts[used++];
    if (way == MESSAGE)
        wait_for_message(own);
    else if (way == TIMER)
        wait_for_timer(own);
    else if (way == ENDS)
        end(own);
    else
        take_lock();
}

__attribute__((noinline)) static void run_fiber(char *stack, enum way way)
{
    ucontext_t fiber, here;
    scheduler = &here;
    getcontext(&fiber);
    fiber.uc_stack.ss_sp = stack;
    fiber.uc_stack.ss_size = STACK;
    fiber.uc_link = &here;
    makecontext(&fiber, (void (*)(void))body, 1, way);
    swapcontext(&here, &fiber);
    __asm__ volatile("");
}

static void *work(void *argument)
{
    if (argument) {
        printf("%d\n", (int)syscall(SYS_gettid));
        fflush(stdout);
        run_fiber(malloc(STACK), LOCK);
        return NULL;
    }
    for (int i = 0; i < FIBERS; i++) {
        stacks[i] = malloc(STACK);
        if (i % 3 == 0)
            run_fiber(stacks[i], ENDS);
        run_fiber(stacks[i], i < 20 ? MESSAGE : TIMER);
    }
    return NULL;
}

int main(void)
{
    pthread_t thread;
    alarm(60);
    pthread_mutex_lock(&lock);
    pthread_create(&thread, NULL, work, NULL);
    pthread_join(thread, NULL);
    pthread_create(&thread, NULL, work, &lock);
    pthread_join(thread, NULL);
    return 0;
}
