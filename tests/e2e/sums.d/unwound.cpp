// cflags: -fnon-call-exceptions
/*
 * unwound.cpp - a hit is unwound from every single instruction of it: the processor's trap flag
 * raises SIGTRAP after each, and the handler throws, or cancels its own thread. Objects on the way
 * are destroyed, hit as well, and what comes then is recorded as before.
 *
 * usage: unwound throw|cancel FINENESS [calling]   (which instructions are left out: see steps.c)
 * Without tables for the pads, an exception out of one ends the program.
 *
 * The trampoline's personality is called wherever the hit was, also where there is no record of a
 * call yet: to take what lies there for one crashes the program. And a thread that is cut off while
 * it makes what it has of its own must leave a trace that can be read.
 */
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <pthread.h>
#include <ucontext.h>
#include <unistd.h>

static int zero;
static volatile long hits, cut_off, countdown, destroyed;
static volatile bool is_over, is_calling;

static inline void begin_steps()
{
    __asm__ volatile("leaq -128(%%rsp), %%rsp\n\tpushfq\n\torq $0x100, (%%rsp)\n\tpopfq\n\t"
                     "leaq 128(%%rsp), %%rsp" ::
                         : "memory", "cc");
}

/* At the next step the handler takes the flag away. */
static inline void end_steps()
{
    is_over = true;
    __asm__ volatile("" ::: "memory");
}

/* A leaf that begins with a call, which its pad does in several instructions. */
extern "C" void calling();
extern "C" __attribute__((noinline)) void called()
{
    hits = hits + 1;
}
__asm__(".text\n"
        ".globl calling\n"
        ".type calling, @function\n"
        "calling:\n"
        ".cfi_startproc\n"
        "subq $8, %rsp\n"
        ".cfi_def_cfa_offset 16\n"
        "call called\n"
        "addq $8, %rsp\n"
        ".cfi_def_cfa_offset 8\n"
        "ret\n"
        ".cfi_endproc\n"
        ".size calling, . - calling\n");

__attribute__((noinline)) static void hit()
{
    char byte;
    if (is_calling)
        calling();
    if (read(zero, &byte, 1) == 1)
        hits = hits + 1;
}

struct guard {
    ~guard()
    {
        hit();
        destroyed = destroyed + 1;
    }
};

/* Whether it is the one at which something is done. */
static bool is_the_step(void *context)
{
    if (is_over)
        static_cast<ucontext_t *>(context)->uc_mcontext.gregs[REG_EFL] &= ~0x100;
    else
        countdown = countdown - 1;
    if (is_over || countdown != 0)
        return false;
    cut_off = cut_off + 1;
    return true;
}

static void on_step(int, siginfo_t *, void *context)
{
    if (is_the_step(context))
        throw 1;
}

static void on_step_cancel(int, siginfo_t *, void *context)
{
    if (is_the_step(context))
        pthread_cancel(pthread_self());
}

__attribute__((noinline)) static void stepped_hit(long at)
{
    guard on_the_way;
    countdown = at;
    is_over = false;
    /* What has been hit from here before takes few instructions, of which none is left out. */
    for (volatile int round = is_calling ? 0 : 1; round < 2; round = round + 1) {
        if (round == 1)
            begin_steps();
        hit();
    }
    end_steps();
}

static void *caught(void *at)
{
    try {
        stepped_hit(reinterpret_cast<long>(at));
    } catch (int) {
    }
    return nullptr;
}

static void *cancelled(void *at)
{
    int old;
    pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, &old);
    stepped_hit(reinterpret_cast<long>(at));
    return nullptr;
}

static void run(void *(*way)(void *), long at)
{
    pthread_t thread;
    pthread_create(&thread, nullptr, way, reinterpret_cast<void *>(at));
    pthread_join(thread, nullptr);
}

int main(int argc, char **argv)
{
    bool is_cancel = argc > 1 && std::strcmp(argv[1], "cancel") == 0;
    long fineness = argc > 2 ? std::atol(argv[2]) : 4, tried = 0;
    is_calling = argc > 3;
    struct sigaction action = {};
    action.sa_sigaction = is_cancel ? on_step_cancel : on_step;
    action.sa_flags = SA_NODEFER | SA_SIGINFO;
    zero = open("/dev/zero", O_RDONLY);
    sigaction(SIGTRAP, &action, nullptr);
    for (long at = 1; countdown <= 0; at += 1 + at / fineness, tried++) {
        run(is_cancel ? cancelled : caught, at);
        hit();
    }
    std::printf("hits %ld at most %ld more\n", hits, 2 * cut_off);
    return destroyed != tried;
}
