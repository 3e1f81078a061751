/* A handler of faults that knows the instruction by its address, installed by argv[1], and
 * functions that begin with it. Prints what it found. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

/* The first instruction of `peek` reads through its argument, that of `poke` writes, that of `part`
 * divides; the second of `late` reads. Each returns -1 when that has failed. */
#define FUNCTION(name, code)                                                                       \
    __asm__(".text\n.p2align 4\n.globl " name "\n.type " name ",@function\n" name ":\n" code       \
            "\n ret\n.globl " name "_end\n" name "_end:\n mov $-1,%rax\n ret\n.size " name         \
            ", . - " name "\n")
FUNCTION("peek", "mov (%rdi),%rax\n nop\n nop\n nop\n nop");
FUNCTION("poke", "movq %rsi,(%rdi)\n mov $7,%eax\n nop");
FUNCTION("part", "idiv %rdi\n mov $7,%eax\n nop");
FUNCTION("late", "mov %rdi,%rax\n mov (%rax),%rax\n nop\n nop\n nop");

extern long peek(const long *), poke(long *, long), part(long), late(const long *);
extern const char peek_end[], poke_end[], part_end[], late_end[];
static const char *library_start, *library_end;

static bool is_to_repair;

static void on_fault(int number, siginfo_t *info, void *context)
{
    const struct {
        const char *start, *end;
    } known[] = {
        {(const char *)peek, peek_end},
        {(const char *)poke, poke_end},
        {(const char *)part, part_end},
        {(const char *)late, late_end},
        {library_start, library_end},
    };
    greg_t *pc = &((ucontext_t *)context)->uc_mcontext.gregs[REG_RIP];
    (void)number, (void)info;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (*pc >= (greg_t)known[i].start && *pc < (greg_t)known[i].end) {
            if (!is_to_repair || number == SIGFPE)
                *pc = (greg_t)known[i].end;
            else
                mprotect(info->si_addr, 4096, PROT_READ | PROT_WRITE);
            return;
        }
    static const char text[] = "a fault at an unknown place\n";
    (void)!write(1, text, sizeof text - 1);
    _exit(99);
}

struct kernel_action {
    void (*handler)(int, siginfo_t *, void *);
    unsigned long flags;
    void (*restorer)(void);
    unsigned long mask;
};

static void install(const char *how, int number)
{
    struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO}, former;
    if (strcmp(how, "signal") == 0) {
        /* The kernel gives it a context all the same. */
        signal(number, (void (*)(int))(void (*)(void))on_fault);
    } else if (strcmp(how, "syscall") == 0) {
        /* What libc puts there, it knows. */
        struct kernel_action real;
        sigaction(SIGUSR1, &action, NULL);
        syscall(SYS_rt_sigaction, SIGUSR1, NULL, &real, 8);
        real.handler = on_fault;
        syscall(SYS_rt_sigaction, number, &real, NULL, 8);
    } else {
        sigaction(number, &action, NULL);
        if (sigaction(number, NULL, &former) != 0 || former.sa_sigaction != on_fault)
            printf("another handler\n");
        if (strcmp(how, "twice") != 0)
            return;
        if (signal(number, SIG_IGN) != (void (*)(int))on_fault ||
            sigaction(number, &action, &former) != 0 || former.sa_handler != SIG_IGN ||
            sigaction(number, &former, &action) != 0 || action.sa_sigaction != on_fault)
            printf("another handler\n");
        sigaction(number, &action, NULL);
    }
}

static volatile int stop;

static void *keep_calling(void *count)
{
    long value = 5;
    while (!stop) {
        if (peek(&value) != 5 || late(&value) != 5)
            abort();
        ++*(long *)count;
    }
    return NULL;
}

int main(int count, char **words)
{
    const char *how = words[1];
    long value = 5, calls[2] = {0, 0};
    pthread_t threads[2];
    long *nothing = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    bool is_threaded = strcmp(how, "threads") == 0;
    for (int i = 0; is_threaded && i < 2; i++)
        pthread_create(&threads[i], NULL, keep_calling, &calls[i]);
    printf("%ld %ld %ld %ld\n", peek(&value), poke(&value, 6), part(1), late(&value));
    if (is_threaded)
        usleep(20000);
    if (strcmp(how, "ignore") == 0) {
        signal(SIGSEGV, SIG_DFL);
        signal(SIGFPE, SIG_IGN);
        return peek(&value) != 6;
    }
    is_to_repair = strcmp(how, "repair") == 0;
    install(how, SIGSEGV);
    install(how, SIGFPE);
    if (is_threaded)
        usleep(20000);
    stop = 1;
    for (int i = 0; is_threaded && i < 2; i++)
        pthread_join(threads[i], NULL);
    long found[4] = {peek(nothing)};
    mprotect(nothing, 4096, PROT_NONE);
    found[1] = poke(nothing, 6);
    mprotect(nothing, 4096, PROT_NONE);
    found[2] = part(0);
    found[3] = late(nothing);
    mprotect(nothing, 4096, PROT_NONE);
    printf("%ld %ld %ld %ld\n", found[0], found[1], found[2], found[3]);
    void *library = count > 2 ? dlopen(words[2], RTLD_NOW) : NULL;
    if (library) {
        long (*there)(const long *) = (long (*)(const long *))dlsym(library, "there");
        library_start = (const char *)there;
        library_end = (const char *)dlsym(library, "there_end");
        printf("%ld %ld\n", there(&value), there(nothing));
    }
    return 0;
}
