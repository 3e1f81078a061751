/*
 * threads.c - fibers that go on in whatever thread takes them. Threads end while fibers are
 * suspended, and fibers get the stacks of others that have ended, in other threads.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>

#include "../lib/scheduler.h"
#include "suspended.h"

#define FIBERS  300
#define THREADS 4
#define MOMENTS 8
#define TURNS   4000
#define STACK   (1 << 15)

static struct fiber {
    ucontext_t context;
    char *stack;
    int turns, ends_by_switch, is_ended;
} fibers[FIBERS];

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int queue[FIBERS], waiting;

__attribute__((noinline)) void wait_for_turn(void)
{
    swapcontext(&(*current_fiber())->context, own_scheduler());
    __asm__ volatile("");
}

static void body(void)
{
    while ((*current_fiber())->turns-- > 0)
        wait_for_turn();
    (*current_fiber())->is_ended = 1;
    if ((*current_fiber())->ends_by_switch)
        swapcontext(&(*current_fiber())->context, own_scheduler());
    setcontext(own_scheduler());
}

static void begin(struct fiber *fiber, int number)
{
    if (fiber->stack == NULL)
        fiber->stack = malloc(STACK);
    getcontext(&fiber->context);
    fiber->context.uc_stack.ss_sp = fiber->stack;
    fiber->context.uc_stack.ss_size = STACK;
    makecontext(&fiber->context, body, 0);
    fiber->turns = 5 + number % 40;
    fiber->ends_by_switch = number % 3 == 0;
    fiber->is_ended = 0;
}

static int take(void)
{
    pthread_mutex_lock(&lock);
    int number = waiting ? queue[--waiting] : -1;
    pthread_mutex_unlock(&lock);
    return number;
}

static void give(int number)
{
    pthread_mutex_lock(&lock);
    memmove(queue + 1, queue, sizeof *queue * (size_t)waiting);
    queue[0] = number;
    waiting++;
    pthread_mutex_unlock(&lock);
}

static void run(struct fiber *fiber)
{
    *current_fiber() = fiber;
    swapcontext(own_scheduler(), &fiber->context);
}

static void *work(void *argument)
{
    for (int i = 0; i < TURNS; i++) {
        int number = take();
        if (number < 0)
            continue;
        run(&fibers[number]);
        if (fibers[number].is_ended) {
            begin(&fibers[number], number + i);
            run(&fibers[number]);
        }
        give(number);
    }
    return argument;
}

int main(void)
{
    for (int i = 0; i < FIBERS; i++) {
        begin(&fibers[i], i);
        run(&fibers[i]);
        queue[waiting++] = i;
    }
    for (int moment = 0; moment < MOMENTS; moment++) {
        pthread_t threads[THREADS];
        suspended_compare("wait_for_turn", FIBERS);
        for (int i = 0; i < THREADS; i++)
            pthread_create(&threads[i], NULL, work, NULL);
        for (int i = 0; i < THREADS; i++)
            pthread_join(threads[i], NULL);
    }
    for (int i = 0; i < FIBERS; i++) {
        fibers[i].ends_by_switch = 0;
        while (!fibers[i].is_ended)
            run(&fibers[i]);
    }
    suspended_compare("wait_for_turn", 0);
    printf("%ld not returned\n", suspended_calls());
    return 0;
}
