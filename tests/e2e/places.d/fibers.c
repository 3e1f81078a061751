/* Fibers that are switched to by assembly, on stacks that are unmapped and mapped again while walks
 * of them are remembered, and with nothing in the outermost frame by which a walk could see that it
 * is one. If remembered words were read anywhere but on the thread's own stack, this crashes
 * (known.h); and so does a walk that takes what it finds for addresses. */
#include "hits.h"

#include <stdint.h>
#include <sys/mman.h>

#define FIBERS 8
#define ROUNDS 200

struct fiber {
    void *sp;
    void *stack;
    size_t size;
};

static _Thread_local struct fiber outside, *running;

/* void switch_to(void **from, void *to): keeps the registers of psABI 3.2.1 on the stack. */
void switch_to(void **from, void *to);
__asm__("    .text\n"
        "    .globl switch_to\n"
        "    .type switch_to, @function\n"
        "switch_to:\n"
        "    push %rbp; push %rbx; push %r12; push %r13; push %r14; push %r15\n"
        "    mov %rsp, (%rdi)\n"
        "    mov %rsi, %rsp\n"
        "    pop %r15; pop %r14; pop %r13; pop %r12; pop %rbx; pop %rbp\n"
        "    ret\n"
        "    .size switch_to, . - switch_to\n");

__attribute__((noinline)) static void hit_below(int depth, unsigned room)
{
    volatile char *frame = __builtin_alloca(room + 16);
    frame[0] = 1;
    if (depth)
        hit_below(depth - 1, room);
    else
        count_hit();
    frame[0] = 2;
}

static void body(void)
{
    for (int i = 0;; i++) {
        hit_below(i % 5, 16 * (unsigned)(i % 3));
        switch_to(&running->sp, outside.sp);
    }
}

static void make(struct fiber *fiber, size_t size)
{
    fiber->size = size;
    fiber->stack = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    uintptr_t *top = (uintptr_t *)((char *)fiber->stack + size);
    *--top = 0xdeadbeefdead;
    *--top = 0x1234567; /* to where body would return */
    *--top = (uintptr_t)body;
    for (int i = 0; i < 6; i++)
        *--top = 0x7000000u + (uintptr_t)i;
    fiber->sp = top;
}

static void resume(struct fiber *fiber)
{
    running = fiber;
    switch_to(&outside.sp, fiber->sp);
}

static void *work(void *seed_start)
{
    struct fiber fibers[FIBERS];
    unsigned seed = (unsigned)(uintptr_t)seed_start;
    for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < FIBERS; i++)
            make(&fibers[i], (size_t)8192 << rand_r(&seed) % 3);
        for (int i = 0; i < 5 * FIBERS; i++) {
            resume(&fibers[rand_r(&seed) % FIBERS]);
            if (i % 7 == 0)
                count_hit();
        }
        for (int i = 0; i < FIBERS; i++)
            munmap(fibers[i].stack, fibers[i].size);
        count_hit();
    }
    return NULL;
}

int main(void)
{
    pthread_t thread;
    begin_hits();
    work((void *)1);
    pthread_create(&thread, NULL, work, (void *)2);
    pthread_join(thread, NULL);
    say_hits();
    return 0;
}
