/*
 * shared.c - processes that share memory and, as nothing gave them another, the thread pointer: all
 * that a thread keeps is theirs in common. They hit at the same time, and by many paths.
 *
 * usage: shared HITS         (of each process)
 *
 * If they were taken for one thread, they would make walks in the same memory, and crash.
 */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHILDREN   3
#define STACK_SIZE (1 << 18)

static int zero;
static long rounds;
static atomic_long hits;

__attribute__((noinline)) static void hit(int deeper)
{
    char byte;
    if (deeper > 0) {
        hit(deeper - 1);
        __asm__ volatile("");
    } else if (read(zero, &byte, 1) == 1) {
        atomic_fetch_add(&hits, 1);
    }
}

static int run(void *argument)
{
    for (long i = 0; i < rounds; i++)
        hit((int)(i * 7 % 50));
    (void)argument;
    return 0;
}

static char *new_stack(void)
{
    char *stack = mmap(
        NULL, STACK_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return stack + STACK_SIZE;
}

/* Three at once, while the parent goes on as well. */
static void all_at_once(void)
{
    for (int i = 0; i < CHILDREN; i++)
        if (clone(run, new_stack(), CLONE_VM | SIGCHLD, NULL) < 0)
            exit(2);
    run(NULL);
    while (wait(NULL) > 0)
        ;
}

static void one_by_one(int flags)
{
    for (int i = 0; i < 20; i++) {
        if (clone(run, new_stack(), flags | SIGCHLD, NULL) < 0)
            exit(2);
        hit(i);
        wait(NULL);
    }
}

/* The kernel returns on the new stack, where nothing of ours is: so not by libc's clone. */
static void by_syscall(void)
{
    static long entry;
    char *stack = new_stack();
    long result = 0;
    entry = (long)run;
    __asm__ volatile("xorl %%r10d, %%r10d\n\txorl %%r8d, %%r8d\n\tsyscall\n\ttestq %%rax, %%rax\n\t"
                     "jnz 1f\n\txorl %%ebp, %%ebp\n\tcall *%[entry]\n\tmovl %%eax, %%edi\n\t"
                     "movl %[exit], %%eax\n\tsyscall\n1:"
                     : "=a"(result)
                     : "0"((long)SYS_clone), "D"((long)(CLONE_VM | SIGCHLD)), "S"(stack),
                     "d"(0L), [entry] "m"(entry), [exit] "i"(SYS_exit)
                     : "rcx", "r11", "r10", "r8", "memory");
    if (result < 0)
        exit(2);
    run(NULL);
    wait(NULL);
}

int main(int argc, char **argv)
{
    rounds = argc > 1 ? atol(argv[1]) : 1000;
    zero = open("/dev/zero", O_RDONLY);
    one_by_one(CLONE_VM | CLONE_VFORK);
    one_by_one(CLONE_VM);
    all_at_once();
    by_syscall();
    printf("hits %ld\n", hits);
    return 0;
}
