/*
 * contexts.c - fibers of ucontext.h under a scheduler of the program's own. They wait at one of
 * three places, at different depths, and end in one of three ways: by return, by setcontext, or by
 * a switch that never returns. New fibers get the stacks of those that have ended.
 */
#include <stdio.h>
#include <stdlib.h>
#include <ucontext.h>

#include "suspended.h"

#define FIBERS  400
#define STACK   (1 << 15)
#define MOMENTS 10
#define TURNS   5000 /* between two moments */

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/common_interface_defs.h>
#define LEAVES(save, to, size)  __sanitizer_start_switch_fiber(save, to, size)
#define COMES(save, from, size) __sanitizer_finish_switch_fiber(save, from, size)
#else
#define LEAVES(save, to, size)  ((void)(save), (void)(to), (void)(size))
#define COMES(save, from, size) ((void)(save))
#endif

enum state { READY, IN_LOCK, IN_SOCKET, IN_TIMER, ENDED };
enum way { BY_RETURN, BY_SETCONTEXT, BY_SWITCH };

static struct fiber {
    ucontext_t context;
    char *stack;
    enum state state;
    enum way way;
    int waits;
} fibers[FIBERS];

static ucontext_t scheduler;
static const void *scheduler_stack;
static size_t scheduler_size;
static struct fiber *current;
static unsigned seed = 1;

static unsigned any(unsigned limit)
{
    seed = seed * 1103515245 + 12345;
    return seed / 65536 % limit;
}

static void leave_as(enum state state)
{
    void *save = NULL;
    current->state = state;
    LEAVES(state == ENDED ? NULL : &save, scheduler_stack, scheduler_size);
    swapcontext(&current->context, &scheduler);
    COMES(save, NULL, NULL);
}

__attribute__((noinline)) void wait_lock(void)
{
    leave_as(IN_LOCK);
    __asm__ volatile("");
}

__attribute__((noinline)) void wait_socket(void)
{
    leave_as(IN_SOCKET);
    __asm__ volatile("");
}

__attribute__((noinline)) void wait_timer(void)
{
    leave_as(IN_TIMER);
    __asm__ volatile("");
}

__attribute__((noinline)) static void wait_at(unsigned depth)
{
    if (depth)
        wait_at(depth - 1);
    else if (any(3) == 0)
        wait_lock();
    else if (any(2) == 0)
        wait_socket();
    else
        wait_timer();
    __asm__ volatile("");
}

/* No table names this function: that its fiber has ended is seen when its stack is used again. */
__attribute__((noinline)) static void end_at(unsigned depth)
{
    if (depth)
        end_at(depth - 1);
    else
        leave_as(ENDED);
    __asm__ volatile("");
}

__attribute__((noinline)) void body(void)
{
    COMES(NULL, &scheduler_stack, &scheduler_size);
    while (current->waits-- > 0)
        wait_at(any(20));
    if (current->way == BY_SWITCH)
        end_at(any(20));
    current->state = ENDED;
    LEAVES(NULL, scheduler_stack, scheduler_size);
    if (current->way == BY_SETCONTEXT)
        setcontext(&scheduler);
}

static void begin(struct fiber *fiber, enum way way, int waits)
{
    fiber->stack = fiber->stack ? fiber->stack : malloc(STACK);
    fiber->state = READY;
    fiber->way = way;
    fiber->waits = waits;
    getcontext(&fiber->context);
    fiber->context.uc_stack.ss_sp = fiber->stack;
    fiber->context.uc_stack.ss_size = STACK;
    fiber->context.uc_link = &scheduler;
    makecontext(&fiber->context, body, 0);
}

static void run(struct fiber *fiber)
{
    void *save = NULL;
    current = fiber;
    LEAVES(&save, fiber->stack, STACK);
    swapcontext(&scheduler, &fiber->context);
    COMES(save, NULL, NULL);
}

static long count(enum state state)
{
    long found = 0;
    for (int i = 0; i < FIBERS; i++)
        found += fibers[i].state == state;
    return found;
}

static void compare(void)
{
    suspended_compare("wait_lock", count(IN_LOCK));
    suspended_compare("wait_socket", count(IN_SOCKET));
    suspended_compare("wait_timer", count(IN_TIMER));
    suspended_compare("body", FIBERS - count(ENDED)); /* of stacks that were not used again, too */
}

/* All stacks are in use at a moment; at the end all fibers end by return or setcontext. */
int main(void)
{
    for (int i = 0; i < FIBERS; i++)
        begin(&fibers[i], any(3), 1 + (int)any(8));
    for (int moment = 0; moment < MOMENTS; moment++) {
        for (int turn = 0; turn < TURNS; turn++) {
            struct fiber *fiber = &fibers[any(FIBERS)];
            if (fiber->state == ENDED)
                begin(fiber, any(3), 1 + (int)any(8));
            run(fiber);
        }
        for (int i = 0; i < FIBERS; i++)
            if (fibers[i].state == ENDED || fibers[i].state == READY) {
                begin(&fibers[i], any(3), 1 + (int)any(8));
                run(&fibers[i]);
            }
        compare();
    }
    for (int i = 0; i < FIBERS; i++) {
        fibers[i].way = any(2);
        while (fibers[i].state != ENDED)
            run(&fibers[i]);
    }
    compare();
    printf("%ld not returned\n", suspended_calls());
    return 0;
}
