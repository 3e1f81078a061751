/* A program that survives the end of its stack: the handler, on a stack of its own, hits leaves and
 * jumps back. The end comes at other depths in each round, and so at other places of ours. Then
 * the same at the first hit of a forked child, at every distance from the end: while the trace file
 * is opened signals are blocked, and if the stack ended there, the handler would not be called
 * (attach_now in preload/record/attach.c). */
#include "hits.h"

#include <setjmp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>

#define ROUNDS 200
#define LEFT   2560 /* more than a hit needs */

static sigjmp_buf back;

static void jump_back(int signal)
{
    (void)signal;
    count_hit();
    count_hit();
    siglongjmp(back, 1);
}

/* Not counted: how often it is called depends on where the stack ends. */
__attribute__((noinline)) static long hit_uncounted(void)
{
    char byte;
    long size = pread(zeroes, &byte, 1, 0);
    __asm__ volatile("");
    return size;
}

static void leave(int signal)
{
    (void)signal;
    hit_uncounted();
    _exit(7);
}

static void handle_with(void (*handler)(int))
{
    static char stack[1 << 16];
    const stack_t other = {.ss_sp = stack, .ss_size = sizeof stack};
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_ONSTACK};
    sigaltstack(&other, NULL);
    sigaction(SIGSEGV, &action, NULL);
}

__attribute__((noinline)) static int dive(unsigned room)
{
    volatile char *frame = __builtin_alloca(room + 16);
    frame[0] = 1;
    if (hit_uncounted() != 1)
        return 1;
    return dive(room) + frame[0];
}

static void overflow_often(void)
{
    const struct rlimit small = {64 << 10, RLIM_INFINITY};
    setrlimit(RLIMIT_STACK, &small);
    for (volatile unsigned round = 0; round < ROUNDS; round++)
        if (sigsetjmp(back, 1) == 0)
            dive(round % 97 * 16);
}

/* Calls the function on a stack that begins at `top`. */
__attribute__((noinline)) static void call_on(void *top, void (*function)(void))
{
    __asm__ volatile(
        "mov %%rsp, %%rbx\n\t"
        "mov %0, %%rsp\n\t"
        "call *%1\n\t"
        "mov %%rbx, %%rsp"
        :
        : "r"(top), "r"(function)
        : "rax", "rbx", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "memory", "cc");
}

static void hit(void)
{
    hit_uncounted();
    __asm__ volatile("");
}

/* Returns whether the child ended by itself, with enough stack or by its handler. */
static int first_hit_with(char *bottom, int left)
{
    int status = 0;
    pid_t child = fork();
    if (child == 0) {
        call_on(bottom + left, hit);
        _exit(7);
    }
    waitpid(child, &status, 0);
    return WIFEXITED(status) && WEXITSTATUS(status) == 7;
}

static void overflow_at_first_hits(void)
{
    int survived = 0;
    char *stack = mmap(NULL, 1 << 16, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    mprotect(stack, 4096, PROT_NONE);
    for (int left = 64; left < LEFT; left += 16)
        survived += first_hit_with(stack + 4096, left);
    printf("%d of %d children\n", survived, (LEFT - 64 + 15) / 16);
}

int main(void)
{
    begin_hits();
    handle_with(jump_back);
    overflow_often();
    for (int i = 0; i < 1000; i++)
        count_hit();
    say_hits();
    handle_with(leave);
    overflow_at_first_hits();
    return 0;
}
