/* ends.c - paths that end where no unwind table leads on, on a stack whose inner frames are those
 * of other paths: only the last word tells them apart. */
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

__attribute__((noinline)) static int inner(int n)
{
    int result = poll(NULL, 0, 0);
    __asm__ volatile("" : "+r"(result));
    return result + n;
}

__attribute__((noinline)) int middle(int n)
{
    int result = inner(n);
    __asm__ volatile("" : "+r"(result));
    return result;
}

__attribute__((noinline)) static int outer(int n)
{
    int result = middle(n);
    __asm__ volatile("" : "+r"(result));
    return result;
}

/* Puts the address of its last instructions on the stack and jumps: what comes before them is no
 * call, as with a return address that somebody has put in the place of another one. */
static int (*generate(void))(int)
{
    static const unsigned char code[] = {
        0x48, 0x83, 0xec, 0x08,             /* sub $8, %rsp */
        0x48, 0x8d, 0x05, 0x0d, 0, 0, 0,    /* lea 13(%rip), %rax: behind the jump */
        0x50,                               /* push %rax */
        0x48, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, /* movabs $middle, %rax */
        0xff, 0xe0,                         /* jmp *%rax */
        0x48, 0x83, 0xc4, 0x08, 0xc3,       /* add $8, %rsp; ret */
    };
    uintptr_t address = (uintptr_t)middle;
    unsigned char *page = mmap(
        NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memcpy(page, code, sizeof code);
    memcpy(page + 14, &address, sizeof address);
    return (int (*)(int))(uintptr_t)page;
}

/* Runs `function` on the stack that ends at `top`, with `mark` in the place of a return address. */
__attribute__((noinline)) static void run_on(char *top, void (*function)(void), const void *mark)
{
    __asm__ volatile("mov %%rsp, %%rbx\n\t"
                     "mov %0, %%rsp\n\t"
                     "push %2\n\t"
                     "jmp *%1\n"
                     ".globl come_back\n"
                     "come_back:\n\t"
                     "mov %%rbx, %%rsp"
                     : "+D"(top), "+S"(function), "+d"(mark)
                     :
                     : "rax", "rbx", "rcx", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15",
                     "memory", "cc");
}

void come_back(void);

__attribute__((noinline)) static void on_own_stack(void)
{
    middle(1);
    __asm__ volatile("jmp come_back"); /* rbx is what run_on has left there */
    __builtin_unreachable();
}

int main(int count, char **arguments)
{
    int (*volatile call[2])(int) = {outer, generate()};
    int every = count > 1 ? atoi(arguments[1]) : 2, sum = 0;
    char *stack = mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (every > 0)
        for (int i = 0; i < 200; i++)
            sum += call[i % every == every - 1](i);
    else
        for (int i = 0; i < 200; i++)
            run_on(stack + 65536 - 64, on_own_stack, i < 50 ? NULL : (void *)come_back);
    printf("%d\n", sum);
    return 0;
}
