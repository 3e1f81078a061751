// options: --leaf read,fgets,time
// cflags: -O2 -g -fno-omit-frame-pointer -Wl,-z,now
/* What a hit needs of the program's stack: with so much left, and a page without access below it,
 * the program survives. The numbers are those of docs/design/hit.md, and what the leaf
 * itself takes. A library that keeps something large on the stack crashes this. */
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define NEW_PATH   1536 /* by a path that is new, at a thread's or process's first hit */
#define KNOWN_PATH 1024
#define OPEN_LEAF  192 /* while a leaf is running */
#define OWN        160 /* of read and time, called from a function with a small frame ... */
#define OWN_STDIO  512 /* ... and of fgets */

static char *bottom; /* of the stack: below it is the page without access */
static int zero;
static char byte, line[8];
static FILE *zeroes;

/* Calls the function on a stack with `left` bytes. */
__attribute__((noinline)) static void call_with(int left, void (*function)(void))
{
    __asm__ volatile(
        "mov %%rsp, %%rbx\n\t"
        "mov %0, %%rsp\n\t"
        "call *%1\n\t"
        "mov %%rbx, %%rsp"
        :
        : "r"(bottom + left / 16 * 16), "r"(function)
        : "rax", "rbx", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "memory", "cc");
}

static void hit(void)
{
    read(zero, &byte, 1);
    __asm__ volatile("");
}

static void hit_otherwise(void)
{
    read(zero, &byte, 1);
    __asm__ volatile("" : : : "memory");
}

/* Of an IFUNC. */
static void hit_stub(void)
{
    time(NULL);
    __asm__ volatile("");
}

static void hit_within_leaf(void)
{
    fgets(line, 2, zeroes);
    __asm__ volatile("");
}

/* Twice by one path, which is known the second time. */
__attribute__((noinline)) static void call_twice(int more, void (*function)(void))
{
    for (volatile int i = 0; i < 2; i++)
        call_with((i == 0 ? NEW_PATH : KNOWN_PATH) + more, function);
}

/* Below the thread's own stack, so that callers lie further up. */
static void make_stack(void)
{
    char *stack = mmap(NULL, 1 << 16, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mprotect(stack, 4096, PROT_NONE) != 0)
        _exit(2);
    bottom = stack + 4096;
}

static void *hit_all(void *unused)
{
    make_stack();
    call_twice(OWN, hit);
    call_twice(OWN, hit_otherwise);
    call_twice(OWN, hit_stub);
    call_twice(OPEN_LEAF + OWN_STDIO, hit_within_leaf);
    return unused;
}

int main(void)
{
    pthread_t thread;
    zero = open("/dev/zero", O_RDONLY);
    zeroes = fopen("/dev/zero", "r");
    setvbuf(zeroes, NULL, _IONBF, 0);
    hit_all(NULL);
    pthread_create(&thread, NULL, hit_all, NULL);
    pthread_join(thread, NULL);
    if (fork() == 0) {
        hit_all(NULL);
        _exit(0);
    }
    wait(NULL);
    puts("survived");
    return 0;
}
