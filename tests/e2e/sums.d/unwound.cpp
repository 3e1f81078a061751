// cflags: -fnon-call-exceptions
/*
 * unwound.cpp - a hit is unwound from every single instruction of it: the processor's trap flag
 * raises SIGTRAP after each, and the handler throws, or cancels its own thread. Objects on the way
 * are destroyed, hit as well, and what comes then is recorded as before.
 *
 * usage: unwound throw|cancel FINENESS      (which instructions are left out: see steps.c)
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
#include <unistd.h>

static int zero;
static volatile long hits, cut_off, countdown, destroyed;

static inline void begin_steps()
{
    __asm__ volatile("leaq -128(%%rsp), %%rsp\n\tpushfq\n\torq $0x100, (%%rsp)\n\tpopfq\n\t"
                     "leaq 128(%%rsp), %%rsp" ::
                         : "memory", "cc");
}

static inline void end_steps()
{
    __asm__ volatile("leaq -128(%%rsp), %%rsp\n\tpushfq\n\tandq $~0x100, (%%rsp)\n\tpopfq\n\t"
                     "leaq 128(%%rsp), %%rsp" ::
                         : "memory", "cc");
}

__attribute__((noinline)) static void hit()
{
    char byte;
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

static void on_step(int)
{
    countdown = countdown - 1;
    if (countdown != 0)
        return;
    cut_off = cut_off + 1;
    throw 1;
}

static void on_step_cancel(int)
{
    countdown = countdown - 1;
    if (countdown != 0)
        return;
    cut_off = cut_off + 1;
    pthread_cancel(pthread_self());
}

__attribute__((noinline)) static void stepped_hit(long at)
{
    guard on_the_way;
    countdown = at;
    begin_steps();
    hit();
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
    struct sigaction action = {};
    action.sa_handler = is_cancel ? on_step_cancel : on_step;
    action.sa_flags = SA_NODEFER;
    zero = open("/dev/zero", O_RDONLY);
    sigaction(SIGTRAP, &action, nullptr);
    for (long at = 1; countdown <= 0; at += 1 + at / fineness, tried++) {
        run(is_cancel ? cancelled : caught, at);
        hit();
    }
    std::printf("hits %ld at most %ld more\n", hits, cut_off);
    return !is_cancel && destroyed != tried;
}
