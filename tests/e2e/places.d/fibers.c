/* Fibers that are switched to by assembly, on stacks that are taken away and given anew, larger or
 * smaller, while walks of them are remembered; and with nothing in the outermost frame by which a
 * walk could see that it is one. Hits come at the same addresses of the stack again and again, with
 * more of it behind them or less. If the words of a walk that began there before were read
 * without proof, beyond the end of a smaller stack, this crashes (known.h); and so does a walk that
 * takes what it finds for addresses. */
#include "hits.h"

#include <stdint.h>
#include <sys/mman.h>

#define FIBERS   8
#define ROUNDS   200
#define ROOM     (64 << 10) /* for each stack, of which it has a part */
#define FRAME    1024       /* of hit_below */
#define SMALLEST (12 << 10)

struct fiber {
    void *sp;
    void *stack;
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

/* Every frame begins as far below a multiple of 512 as the others. */
__attribute__((noinline)) static void hit_below(int depth)
{
    uintptr_t here = (uintptr_t)__builtin_frame_address(0);
    volatile char *frame = __builtin_alloca(FRAME / 2 + here % (FRAME / 2));
    frame[0] = 1;
    if (depth)
        hit_below(depth - 1);
    else
        count_hit();
    frame[0] = 2;
}

static void body(void)
{
    for (int i = 0;; i++) {
        hit_below(i % 7);
        switch_to(&running->sp, outside.sp);
    }
}

/* What lies behind the stack cannot be read. */
static void make(struct fiber *fiber, char *room, size_t size)
{
    fiber->stack = mmap(
        room, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    uintptr_t *top = (uintptr_t *)(room + size);
    *--top = 0xdeadbeefdead;
    *--top = 0x1234567; /* to where body would return */
    *--top = (uintptr_t)body;
    for (int i = 0; i < 6; i++)
        *--top = 0x7000000u + (uintptr_t)i;
    fiber->sp = top;
}

static void take_away(struct fiber *fiber)
{
    mmap(fiber->stack, ROOM, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
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
    char *rooms = mmap(NULL, FIBERS * ROOM, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < FIBERS; i++)
            make(&fibers[i], rooms + i * ROOM, SMALLEST + rand_r(&seed) % 3 * 4 * FRAME);
        for (int i = 0; i < 5 * FIBERS; i++) {
            resume(&fibers[rand_r(&seed) % FIBERS]);
            if (i % 7 == 0)
                count_hit();
        }
        for (int i = 0; i < FIBERS; i++)
            take_away(&fibers[i]);
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
