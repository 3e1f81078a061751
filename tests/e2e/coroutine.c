/* Coroutines have stacks of their own, above which there is no main: they are shown from their
 * first function on, like threads. */
#include <stdio.h>
#include <ucontext.h>
#include <unistd.h>

static ucontext_t outside, contexts[2];
static char stacks[2][1 << 16];

__attribute__((noinline)) static void work(void)
{
    usleep(100);
    __asm__ volatile("");
}

static void first(void)
{
    for (int i = 0; i < 5; i++) {
        work();
        swapcontext(&contexts[0], &contexts[1]);
    }
}

static void second(void)
{
    for (int i = 0; i < 5; i++) {
        work();
        swapcontext(&contexts[1], &contexts[0]);
    }
}

int main(void)
{
    void (*const functions[2])(void) = {first, second};
    for (int i = 0; i < 2; i++) {
        getcontext(&contexts[i]);
        contexts[i].uc_stack.ss_sp = stacks[i];
        contexts[i].uc_stack.ss_size = sizeof stacks[i];
        contexts[i].uc_link = &outside;
        makecontext(&contexts[i], functions[i], 0);
    }
    work();
    swapcontext(&outside, &contexts[0]);
    puts("back");
    return 0;
}
