/*
 * steps.c - a signal comes at every single instruction of a hit: the processor's trap flag raises
 * SIGTRAP after each. So what a timer finds by luck is found here for certain.
 *
 * usage: steps WAY FINENESS
 *     hit      the handler hits as well, at each instruction
 *     jump     the handler hits, and leaves by siglongjmp: at the first, the second, ...
 * instruction nested   the handler's hit is interrupted at the same instruction, and so on, deeper
 * than there are levels: at the first, the second, ... instruction After so many as FINENESS says,
 * instructions are left out, the more the further it comes.
 *
 * Without levels of their own for handlers, two hits would make one walk in the same memory;
 * without marks at their owners, eight jumps would use the levels up, and all later hits were lost.
 */
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>
#include <unistd.h>

#define DEPTH_MAX 10
#define TRAP_FLAG 0x100

static int zero;
static long hits, calls, cut_off;
static volatile long countdown; /* instructions until the handler does something; 0: at each */
static volatile int depth;
static long wanted, fineness;
static sigjmp_buf back;

/* The trap comes after the instruction that follows popfq. The red zone is not ours. */
static inline void begin_steps(void)
{
    __asm__ volatile("leaq -128(%%rsp), %%rsp\n\tpushfq\n\torq $0x100, (%%rsp)\n\tpopfq\n\t"
                     "leaq 128(%%rsp), %%rsp" ::
                         : "memory", "cc");
}

static inline void end_steps(void)
{
    __asm__ volatile("leaq -128(%%rsp), %%rsp\n\tpushfq\n\tandq $~0x100, (%%rsp)\n\tpopfq\n\t"
                     "leaq 128(%%rsp), %%rsp" ::
                         : "memory", "cc");
}

static void hit(void)
{
    char byte;
    if (read(zero, &byte, 1) == 1)
        hits++;
}

static void hit_at_each(int number, siginfo_t *info, void *context)
{
    (void)number, (void)info, (void)context;
    hit();
}

static void jump_out(int number, siginfo_t *info, void *context)
{
    (void)number, (void)info, (void)context;
    if (--countdown > 0)
        return;
    hit();
    cut_off++;
    siglongjmp(back, 1);
}

/* The trap flag is off in a handler, and as it was after it. */
static void go_deeper(int number, siginfo_t *info, void *context)
{
    (void)number, (void)info;
    if (--countdown != 0)
        return;
    ((ucontext_t *)context)->uc_mcontext.gregs[REG_EFL] &= ~TRAP_FLAG;
    countdown = wanted + depth * 50; /* as a hit looks for a level that is free */
    if (++depth < DEPTH_MAX)
        begin_steps();
    hit();
    end_steps();
}

/* The next instruction to be tried after number `at`. */
static long after(long at)
{
    return at + 1 + at / fineness;
}

/* Hits once; the depth makes other paths of it, so that not all has been seen before. */
__attribute__((noinline)) static void hit_from(int deeper, int is_stepped)
{
    if (deeper > 0) {
        hit_from(deeper - 1, is_stepped);
        __asm__ volatile("");
        return;
    }
    if (is_stepped)
        begin_steps();
    hit();
    end_steps();
}

static void *at_each(void *argument)
{
    for (int i = 0; i < 3; i++)
        hit_from(i, 1);
    return argument;
}

/* Until a hit has no such instruction any more: from a place that is known, and from new ones. The
 * deeper ones leave their marks behind where nobody comes again. */
static void *jump_at_each(void *argument)
{
    volatile long at = 0;
    volatile int is_new = 0;
    do {
        is_new = !is_new;
        at = is_new ? after(at) : at;
        countdown = at;
        hit_from(0, 0);
        calls += 2;
        if (sigsetjmp(back, 1) == 0)
            hit_from(is_new ? (int)(at % 40) : 0, 1);
    } while (countdown <= 0 || !is_new);
    return argument;
}

static void *nest_at_each(void *argument)
{
    for (wanted = 1, depth = 1; depth > 0; wanted = after(wanted)) {
        depth = 0;
        countdown = wanted;
        hit_from(0, 1);
    }
    return argument;
}

struct way {
    const char *name;
    void (*handler)(int, siginfo_t *, void *);
    void *(*run)(void *);
};

static const struct way ways[] = {
    {"hit", hit_at_each, at_each},
    {"jump", jump_out, jump_at_each},
    {"nested", go_deeper, nest_at_each},
};

/* In a thread as well: there the first hit makes what the thread has of its own. */
static void go(const struct way *way)
{
    struct sigaction action = {.sa_sigaction = way->handler, .sa_flags = SA_SIGINFO | SA_NODEFER};
    pthread_t thread;
    sigaction(SIGTRAP, &action, NULL);
    way->run(NULL);
    pthread_create(&thread, NULL, way->run, NULL);
    pthread_join(thread, NULL);
}

int main(int argc, char **argv)
{
    fineness = argc > 2 ? atol(argv[2]) : 4;
    zero = open("/dev/zero", O_RDONLY);
    for (unsigned i = 0; i < sizeof ways / sizeof *ways; i++)
        if (argc > 1 && strcmp(argv[1], ways[i].name) == 0)
            go(&ways[i]);
    printf("hits %ld at most %ld more\n", hits, cut_off);
    printf("calls %ld at most %ld more\n", calls - cut_off, cut_off);
    return 0;
}
