/* arguments.c - calls functions with many arguments on the stack from frames of all sizes, on all
 * sorts of stacks, and prints what they have made of them. */
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>

#include "takers.h"

#define TEN(n) n, n + 1, n + 2, n + 3, n + 4, n + 5, n + 6, n + 7, n + 8, n + 9
#define HUNDRED(n)                                                                                 \
    TEN(n), TEN(n + 10), TEN(n + 20), TEN(n + 30), TEN(n + 40), TEN(n + 50), TEN(n + 60),          \
        TEN(n + 70), TEN(n + 80), TEN(n + 90)

static void print(const char *where, long value)
{
    char text[100];
    int length = snprintf(text, sizeof text, "%s %ld\n", where, value);
    fwrite(text, 1, (size_t)length, stdout);
}

__attribute__((target("avx"), noinline)) static void call_wide(const char *where)
{
    wide v[10];
    for (int i = 0; i < 10; i++)
        v[i] = (wide){i, i + 0.5, i + 1, 2 * i};
    print(where, take_wide(v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7], v[8], v[9]));
}

__attribute__((noinline)) static void call_few(const char *where)
{
    print(where, take_words(9, 1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L));
}

__attribute__((noinline)) static void call_all(const char *where)
{
    struct large value, given;
    for (long i = 0; i < 375; i++)
        value.words[i] = i * i - 1000;
    call_few(where);
    print(where, take_words(140, HUNDRED(1L), TEN(101L), TEN(111L), TEN(121L), TEN(131L)));
    print(where, take_words(300, HUNDRED(1L), HUNDRED(2L), HUNDRED(3L)));
    print(where, take_large(value, 7));
    given = give_large(1, 2, 3, 4, 5, 6, 7, value);
    print(where, given.words[0] + given.words[374]);
    print(where, take_long_doubles(100, HUNDRED(1.25L)));
    print(where, take_complex(1.0L + 2.0Li, 3.0 + 4.0i, 5, 6.0L + 7.0Li));
    if (__builtin_cpu_supports("avx"))
        call_wide(where);
}

__attribute__((noinline)) static void call_from_large_frame(const char *where)
{
    char buffer[40000];
    memset(buffer, 1, sizeof buffer);
    __asm__ volatile("" : : "r"(buffer) : "memory");
    print(where, take_words(140, HUNDRED(1L), TEN(101L), TEN(111L), TEN(121L), TEN(131L)));
    __asm__ volatile("" : : "r"(buffer) : "memory");
}

__attribute__((noinline)) static void call_deep(int left)
{
    char buffer[1000];
    __asm__ volatile("" : : "r"(buffer) : "memory");
    if (left)
        call_deep(left - 1);
    else
        call_all("deep");
    __asm__ volatile("" : : "r"(buffer) : "memory");
}

/* Code without unwind tables, and with something else in rbp: nobody knows where its frame ends. */
long call_untabled(void);
__asm__(".text\n"
        ".type call_untabled, @function\n"
        "call_untabled:\n\t"
        "push %rbp\n\t"
        "push %rbx\n\t"
        "mov $1, %ebp\n\t"
        "mov $140, %ebx\n"
        "1:\tpush %rbx\n\t"
        "dec %ebx\n\t"
        "cmp $5, %ebx\n\t"
        "ja 1b\n\t"
        "mov $140, %edi\n\t"
        "mov $1, %esi\n\t"
        "mov $2, %edx\n\t"
        "mov $3, %ecx\n\t"
        "mov $4, %r8d\n\t"
        "mov $5, %r9d\n\t"
        "xor %eax, %eax\n\t"
        "call take_words@PLT\n\t"
        "add $(135 * 8), %rsp\n\t"
        "pop %rbx\n\t"
        "pop %rbp\n\t"
        "ret\n\t"
        ".size call_untabled, . - call_untabled\n");

static void *in_thread(void *where)
{
    call_all(where);
    return NULL;
}

static void make_thread(const char *where, size_t size)
{
    pthread_attr_t attributes;
    pthread_t thread;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, size);
    if (pthread_create(&thread, &attributes, in_thread, (void *)where) == 0)
        pthread_join(thread, NULL);
}

static ucontext_t main_context, other_context;

static void in_coroutine(void)
{
    call_all("coroutine");
    call_few("coroutine");
}

static void make_coroutine(char *stack, size_t size)
{
    getcontext(&other_context);
    other_context.uc_stack.ss_sp = stack;
    other_context.uc_stack.ss_size = size;
    other_context.uc_link = &main_context;
    makecontext(&other_context, in_coroutine, 0);
    swapcontext(&main_context, &other_context);
}

int main(void)
{
    char within[2 * 24576]; /* two stacks in a row, of which the upper one is used */
    for (int i = 0; i < 3; i++) {
        call_all("main");
        call_few("main");
    }
    call_from_large_frame("large");
    call_deep(200);
    print("untabled", call_untabled());
    make_thread("thread", 1 << 20);
    make_thread("small", 1 << 16);
    make_coroutine(
        mmap(NULL, 24576, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), 24576);
    memset(within, 7, 24576);
    make_coroutine(within + 24576, 24576);
    for (int i = 0; i < 24576; i++)
        if (within[i] != 7)
            print("overwritten", i);
    printf("hits %ld\n", taken);
    return 0;
}
