// options: --leaf fetch,memcpy,write
/* Leaves touch pages that are not there, at their first instruction or within: as a collector or a
 * JIT compiler has it, the program's handler makes the page, and the instruction is done again; or
 * jumps out. The first instruction runs in memory of ours then, and must be one that can be done
 * again there; and a system call returns EFAULT, as we touch nothing for it. */
#define _GNU_SOURCE
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define ROUNDS 500

static char *page;
static sigjmp_buf back;
static int is_jump;
static int made, jumped;
static volatile size_t some = 64;

/* As the compilers begin it: movl (%rdi), %eax. */
__attribute__((noinline)) static int fetch(const int *from)
{
    int value = from[0] + 3 * from[1];
    __asm__ volatile("" : "+r"(value));
    return value + from[2];
}

static void on_fault(int number, siginfo_t *info, void *context)
{
    (void)context;
    if ((char *)info->si_addr < page || (char *)info->si_addr >= page + 4096)
        _exit(number);
    if (is_jump)
        siglongjmp(back, 1);
    mprotect(page, 4096, PROT_READ | PROT_WRITE);
    made++;
}

static void take_away(void)
{
    mprotect(page, 4096, PROT_NONE);
}

__attribute__((noinline)) static int make_page(void)
{
    char bytes[64];
    int sum = 0;
    for (int i = 0; i < ROUNDS; i++) {
        take_away();
        sum += fetch((int *)page);
        take_away();
        memcpy(bytes, page, some);
        sum += bytes[0];
    }
    return sum;
}

__attribute__((noinline)) static int jump_out(void)
{
    is_jump = 1;
    take_away();
    for (volatile int i = 0; i < ROUNDS; i++) {
        if (sigsetjmp(back, 1) == 0)
            fetch((int *)page);
        else
            jumped++;
    }
    is_jump = 0;
    return jumped;
}

static int write_it(void)
{
    take_away();
    return write(1, page, 10) == -1 && errno == EFAULT;
}

int main(void)
{
    static char stack[1 << 16];
    stack_t alternate = {.ss_sp = stack, .ss_size = sizeof stack};
    struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memset(page, 1, 4096);
    sigaltstack(&alternate, NULL);
    sigaction(SIGSEGV, &action, NULL);
    int sum = make_page();
    printf("%d, %d made, ", sum, made);
    printf("%d jumped, ", jump_out());
    printf("EFAULT %d\n", write_it());
    return 0;
}
