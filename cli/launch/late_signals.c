/*
 * late_signals.c - signals that arrive while a trace is to be printed: some were meant for the
 * program, which has ended, and others must end the tool.
 *
 * A program is often told to end by more than one signal. timeout(1) sends a signal to its child
 * and then to the process group; a service manager sends one to each process of a service and then
 * another one; when a connection is closed, a job gets SIGHUP from its shell and from the kernel.
 * All of these arrive within milliseconds, but the first one may be enough to end the program. A
 * key that is pressed once is one signal, which the kernel sends to all foreground processes before
 * one of them can end; so a second signal is a second key press.
 */
#include "launch/late_signals.h"

#include <limits.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/nanoseconds.h"
#include "base/progress.h"

/* On a very busy machine there may be some time from one signal to the next. */
#define SAME_ORDER_NS UINT64_C(1000000000)

/* The time in which a sender may not know yet that the program has ended by itself. */
#define UNKNOWN_END_NS UINT64_C(100000000)

static sigset_t concerned;
static uint64_t until_ns; /* signals from other processes were meant for the program until then */

/* The message, formatted in advance. */
static char line[PATH_MAX + 100];
static size_t length;

static bool is_meant_for_program(const siginfo_t *info)
{
    bool is_key = info->si_code > 0 && (info->si_signo == SIGINT || info->si_signo == SIGQUIT);
    return !is_key && now_ns() < until_ns;
}

/* A pipe that poll(2) calls writable takes PIPE_BUF bytes (pipe(7)). A pipe that is full because
 * its reader hangs must not keep the tool from ending. */
static void say_and_end(int number, siginfo_t *info, void *context)
{
    const struct sigaction plain = {.sa_handler = SIG_DFL};
    sigset_t only;
    struct pollfd polled = {STDERR_FILENO, POLLOUT, 0};
    (void)context;
    if (is_meant_for_program(info))
        return;
    progress_erase();
    if (length > 0 && poll(&polled, 1, 0) == 1 && polled.revents == POLLOUT &&
        write(STDERR_FILENO, line, length) < 0)
        length = 0;
    sigaction(number, &plain, NULL);
    sigemptyset(&only);
    sigaddset(&only, number);
    raise(number);
    sigprocmask(SIG_UNBLOCK, &only, NULL);
    _exit(128 + number); /* the status that a shell reports: the kernel's defaults do not end
                          * process 1 */
}

static void set_handler(int signal)
{
    struct sigaction action = {.sa_sigaction = say_and_end, .sa_flags = SA_SIGINFO | SA_RESTART};
    struct sigaction before;
    action.sa_mask = concerned;
    if (sigaction(signal, NULL, &before) == 0 && before.sa_handler != SIG_IGN)
        sigaction(signal, &action, NULL);
}

void late_signals_set(const struct late_signals *late)
{
    static const int ending[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM};
    int size = snprintf(line, sizeof line,
        "scoped-trace: the trace stays in '%s'; to print it: scoped-trace report %s\n", late->place,
        late->place);
    length = size < (int)sizeof line ? (size_t)size : 0;
    until_ns = late->end_ns + UNKNOWN_END_NS;
    if (late->told_ns > 0 && late->told_ns + SAME_ORDER_NS > until_ns)
        until_ns = late->told_ns + SAME_ORDER_NS;
    concerned = late->told;
    for (size_t i = 0; i < sizeof ending / sizeof *ending; i++)
        sigaddset(&concerned, ending[i]);
    for (int i = 1; i < _NSIG; i++)
        if (sigismember(&concerned, i) == 1)
            set_handler(i);
}

static sigset_t mask;

void late_signals_hold(void)
{
    sigprocmask(SIG_BLOCK, &concerned, &mask);
}

void late_signals_clear(void)
{
    length = 0;
    sigprocmask(SIG_SETMASK, &mask, NULL);
}
