/* ways.c - calls of the leaf call_back are left in many ways. After each, no call of it may be
 * open, once the thread has hit a leaf again, or has ended. */
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/syscall.h>

#include "../lib/call_back.h"
#include "reader.h"

static jmp_buf buffer;
static sigjmp_buf signal_buffer;
static void *builtin_buffer[5];

static void nothing(void *argument)
{
    (void)argument;
}

/* A call of the leaf that returns. */
static void hit(void)
{
    call_back(nothing, NULL);
}

static void jump(void *argument)
{
    (void)argument;
    longjmp(buffer, 1);
}

static void jump_inner(void *argument)
{
    call_back(jump, argument);
}

static void jump_by_builtin(void *argument)
{
    (void)argument;
    __builtin_longjmp(builtin_buffer, 1);
}

static void on_signal(int number)
{
    hit();
    siglongjmp(signal_buffer, number);
}

static void raise_signal(void *argument)
{
    (void)argument;
    raise(SIGUSR1);
}

static void by_longjmp(void)
{
    if (setjmp(buffer) == 0)
        call_back(jump, NULL);
}

static void by_nested_longjmp(void)
{
    if (setjmp(buffer) == 0)
        call_back(jump_inner, NULL);
}

__attribute__((noinline)) static void by_builtin(void)
{
    if (__builtin_setjmp(builtin_buffer) == 0)
        call_back(jump_by_builtin, NULL);
}

static void by_signal(void)
{
    signal(SIGUSR1, on_signal);
    if (sigsetjmp(signal_buffer, 1) == 0)
        call_back(raise_signal, NULL);
}

static void by_signal_on_a_stack(void)
{
    static char memory[1 << 16];
    stack_t stack = {.ss_sp = memory, .ss_size = sizeof memory};
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_ONSTACK};
    sigaltstack(&stack, NULL);
    sigaction(SIGUSR1, &action, NULL);
    if (sigsetjmp(signal_buffer, 1) == 0)
        call_back(raise_signal, NULL);
}

/* --- threads --- */

static void exit_thread(void *argument)
{
    pthread_exit(argument);
}

static void exit_unseen(void *argument)
{
    (void)argument;
    syscall(SYS_exit, 0);
}

static void cancel(void *argument)
{
    (void)argument;
    pthread_cancel(pthread_self());
    pthread_testcancel();
}

static void *call_in_thread(void *function)
{
    call_back((void (*)(void *))function, NULL);
    return NULL;
}

static void in_thread(void (*function)(void *))
{
    pthread_t thread;
    pthread_create(&thread, NULL, call_in_thread, (void *)function);
    pthread_join(thread, NULL);
}

static void by_pthread_exit(void)
{
    in_thread(exit_thread);
}

static void by_cancellation(void)
{
    in_thread(cancel);
}

/* Another thread has to take over what the dead one had. */
static void by_exit_of_the_thread(void)
{
    in_thread(exit_unseen);
    for (int i = 0; i < 20; i++)
        in_thread(nothing);
}

static void see(const char *name, void (*way)(void))
{
    for (int i = 0; i < 50; i++)
        way();
    hit();
    printf("%s: %ld open, %ld not returned\n", name, reader_count("call_back"),
        reader_unreturned("call_back"));
}

int main(void)
{
    hit();
    see("longjmp", by_longjmp);
    see("nested longjmp", by_nested_longjmp);
    see("builtin longjmp", by_builtin);
    see("siglongjmp", by_signal);
    see("siglongjmp from a signal stack", by_signal_on_a_stack);
    see("pthread_exit", by_pthread_exit);
    see("cancellation", by_cancellation);
    see("exit of the thread", by_exit_of_the_thread);
    return 0;
}
