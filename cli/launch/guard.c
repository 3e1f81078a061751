/*
 * guard.c - signals that come while there is a trace to be printed: those that were meant for the
 * program, which has ended, and those that are to end the tool.
 *
 * Who tells a program to end often sends more than one signal. timeout(1) sends it to its child and
 * then to the process group, a service manager to each process of a service and then another one,
 * and when a connection is closed a job has SIGHUP from its shell and from the kernel. All of these
 * come within milliseconds, but the first one may be enough to end the program. A key that is
 * pressed once is one signal, which the kernel sends to all of the foreground processes before one
 * of them can end; so the next one is the next key.
 */
#include "launch/guard.h"

#include <limits.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/nanoseconds.h"

/* A machine that is very busy may take its time from one signal to the next. */
#define SAME_ORDER_NS UINT64_C(1000000000)

/* For so long a sender could not know that the program had ended by itself. */
#define UNKNOWN_END_NS UINT64_C(100000000)

static sigset_t guarded;
static uint64_t until_ns; /* what others send until then was meant for the program */

/* What is said, put together beforehand. */
static char line[PATH_MAX + 100];
static size_t length;

static bool is_meant_for_program(const siginfo_t *info)
{
    bool is_key = info->si_code > 0 && (info->si_signo == SIGINT || info->si_signo == SIGQUIT);
    return !is_key && now_ns() < until_ns;
}

/* A pipe that can be written to takes PIPE_BUF bytes (pipe(7)); one that is full because its reader
 * is stuck must not keep the tool from ending. */
static void say_and_end(int number, siginfo_t *info, void *context)
{
    const struct sigaction plain = {.sa_handler = SIG_DFL};
    sigset_t only;
    struct pollfd polled = {STDERR_FILENO, POLLOUT, 0};
    (void)context;
    if (is_meant_for_program(info))
        return;
    if (length > 0 && poll(&polled, 1, 0) == 1 && polled.revents == POLLOUT &&
        write(STDERR_FILENO, line, length) < 0)
        length = 0;
    sigaction(number, &plain, NULL);
    sigemptyset(&only);
    sigaddset(&only, number);
    raise(number);
    sigprocmask(SIG_UNBLOCK, &only, NULL);
    _exit(128 + number); /* as a shell would say it: nothing ends the first process by default */
}

static void set_handler(int signal)
{
    struct sigaction action = {.sa_sigaction = say_and_end, .sa_flags = SA_SIGINFO | SA_RESTART};
    struct sigaction before;
    action.sa_mask = guarded;
    if (sigaction(signal, NULL, &before) == 0 && before.sa_handler != SIG_IGN)
        sigaction(signal, &action, NULL);
}

void guard_set(const struct guard *guard)
{
    static const int ending[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM};
    int size = snprintf(line, sizeof line,
        "scoped-trace: the trace stays in '%s'; to print it: scoped-trace report %s\n",
        guard->place, guard->place);
    length = size < (int)sizeof line ? (size_t)size : 0;
    until_ns = guard->end_ns + UNKNOWN_END_NS;
    if (guard->told_ns > 0 && guard->told_ns + SAME_ORDER_NS > until_ns)
        until_ns = guard->told_ns + SAME_ORDER_NS;
    guarded = guard->told;
    for (size_t i = 0; i < sizeof ending / sizeof *ending; i++)
        sigaddset(&guarded, ending[i]);
    for (int i = 1; i < _NSIG; i++)
        if (sigismember(&guarded, i) == 1)
            set_handler(i);
}

static sigset_t mask;

void guard_hold(void)
{
    sigprocmask(SIG_BLOCK, &guarded, &mask);
}

void guard_clear(void)
{
    length = 0;
    sigprocmask(SIG_SETMASK, &mask, NULL);
}
