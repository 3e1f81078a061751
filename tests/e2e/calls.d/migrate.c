/* migrate.c - fibers that change to another thread in the middle of a leaf. */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>

#define FIBERS  48
#define THREADS 4
#define STEPS   4000
#define STACK   32768

struct fiber {
    void *sp;
    atomic_bool is_taken;
    bool is_done;
    long steps;
};

static struct fiber fibers[FIBERS];
static atomic_long done, moved;
static pthread_barrier_t beginning;
static __thread struct fiber *current;
static __thread void *scheduler;

/* Keeps the callee-saved registers on the stack that is left. */
void change_stack(void **from, void *to);
__asm__(".text\n"
        ".type change_stack, @function\n"
        "change_stack:\n\t"
        "push %rbp\n\t"
        "push %rbx\n\t"
        "push %r12\n\t"
        "push %r13\n\t"
        "push %r14\n\t"
        "push %r15\n\t"
        "mov %rsp, (%rdi)\n\t"
        "mov %rsi, %rsp\n\t"
        "pop %r15\n\t"
        "pop %r14\n\t"
        "pop %r13\n\t"
        "pop %r12\n\t"
        "pop %rbx\n\t"
        "pop %rbp\n\t"
        "ret\n\t"
        ".size change_stack, . - change_stack\n");

/* Not inlined: the compiler would keep a thread's address over a change to another one. */
__attribute__((noinline)) static struct fiber *this_fiber(void)
{
    __asm__ volatile("");
    return current;
}

__attribute__((noinline)) static void **this_scheduler(void)
{
    __asm__ volatile("");
    return &scheduler;
}

static uintptr_t this_thread(void)
{
    uintptr_t pointer;
    __asm__ volatile("mov %%fs:0, %0" : "=r"(pointer));
    return pointer;
}

__attribute__((noinline)) static void yield(void)
{
    change_stack(&this_fiber()->sp, *this_scheduler());
}

__attribute__((noinline, noclone)) long step(long count)
{
    uintptr_t before = this_thread();
    yield();
    moved += before != this_thread();
    return count + 1;
}

static void run(void)
{
    for (int i = 0; i < STEPS; i++) {
        struct fiber *fiber = this_fiber();
        fiber->steps = step(fiber->steps);
    }
    this_fiber()->is_done = true;
    for (;;)
        yield();
}

static void make_fiber(struct fiber *fiber)
{
    char *stack = mmap(NULL, STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    void **sp = (void **)(stack + STACK - 16);
    *--sp = NULL;
    *--sp = (void *)run;
    fiber->sp = sp - 6;
}

static void *work(void *start)
{
    uint32_t number = (uint32_t)(uintptr_t)start;
    pthread_barrier_wait(&beginning);
    while (done < FIBERS) {
        number = number * 1664525 + 1013904223;
        struct fiber *fiber = &fibers[(number >> 16) % FIBERS];
        bool is_free = false;
        if ((number >> 8) % 8 == 0)
            sched_yield(); /* so that others come, on a machine with few processors */
        if (!atomic_compare_exchange_strong(&fiber->is_taken, &is_free, true))
            continue;
        if (!fiber->is_done) {
            current = fiber;
            change_stack(this_scheduler(), fiber->sp);
            done += fiber->is_done;
        }
        fiber->is_taken = false;
    }
    return NULL;
}

int main(void)
{
    pthread_t threads[THREADS];
    long steps = 0;
    pthread_barrier_init(&beginning, NULL, THREADS);
    for (int i = 0; i < FIBERS; i++)
        make_fiber(&fibers[i]);
    for (uintptr_t i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, work, (void *)(i * 7));
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    for (int i = 0; i < FIBERS; i++)
        steps += fibers[i].steps;
    printf("hits %ld\n", steps);
    fprintf(stderr, "moved %ld\n", (long)moved);
    return 0;
}
