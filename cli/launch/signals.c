/*
 * signals.c - holds signals, and gives the program the settings from before.
 */
#include "launch/signals.h"

#include <stddef.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* All signals are passed on except those that cannot be caught, those that report a fault of the
 * receiver itself, those that the launcher needs, and the two that glibc uses for its threads
 * (nptl(7)). */
static bool is_passed_on(int signal)
{
    static const int others[] = {SIGKILL, SIGSTOP, SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGSYS,
        SIGABRT, SIGPIPE, SIGCHLD, SIGTTIN, SIGTTOU};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (signal == others[i])
            return false;
    return signal < __SIGRTMIN || signal >= SIGRTMIN;
}

bool signals_does_end(int signal)
{
    return is_passed_on(signal) && signal != SIGCONT && signal != SIGTSTP && signal != SIGWINCH &&
           signal != SIGURG;
}

/* The kernel's record of a signal's handling. glibc does not give it for its two signals (nptl(7)):
 * it handles them in a program with threads, and they may have been ignored before. */
struct internal_signal {
    void *handler;
    unsigned long flags;
    void *restorer;
    unsigned long mask;
};

static int exchange_internal(
    int signal, const struct internal_signal *new, struct internal_signal *former)
{
    return (int)syscall(SYS_rt_sigaction, signal, new, former, sizeof former->mask);
}

#define INTERNAL_SIGNALS 2 /* count, from __SIGRTMIN on */

/* The signal settings from before the launcher changed them; the program gets these. */
static struct {
    bool is_in_force;
    struct internal_signal internal[INTERNAL_SIGNALS];
    struct sigaction child_ended; /* of SIGCHLD */
    struct sigaction file_grows;  /* of SIGXFSZ */
    sigset_t mask;
} before;

/* When the limit of file size is reached, the tool must get an error, for which it has a
 * message. */
static void ignore_file_size(struct sigaction *former)
{
    const struct sigaction ignoring = {.sa_handler = SIG_IGN};
    sigaction(SIGXFSZ, &ignoring, former);
}

/* The signals stay blocked: while the program runs, attend.c waits for them. A handler for each
 * would do the same, but costs three system calls per signal. */
void signals_hold(void)
{
    struct sigaction plain = {.sa_handler = SIG_DFL};
    sigset_t all;
    before.is_in_force = true;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &before.mask);
    /* If SIGCHLD was ignored, there would be no status to wait for (wait(2), notes). */
    sigaction(SIGCHLD, &plain, &before.child_ended);
    ignore_file_size(&before.file_grows);
    for (int i = 0; i < INTERNAL_SIGNALS; i++)
        exchange_internal(__SIGRTMIN + i, NULL, &before.internal[i]);
}

void signals_restore(void)
{
    sigaction(SIGCHLD, &before.child_ended, NULL);
    ignore_file_size(NULL); /* one may be pending, as it was blocked: this discards it */
    sigaction(SIGXFSZ, &before.file_grows, NULL);
    sigprocmask(SIG_SETMASK, &before.mask, NULL);
    for (int i = 0; i < INTERNAL_SIGNALS; i++)
        if (before.internal[i].handler == (void *)SIG_IGN)
            exchange_internal(__SIGRTMIN + i, &before.internal[i], NULL);
}

void signals_release(void)
{
    if (!before.is_in_force)
        return;
    before.is_in_force = false;
    signals_restore();
}

void signals_choose_passed_on(sigset_t *set)
{
    sigemptyset(set);
    for (int i = 1; i < _NSIG; i++)
        if (is_passed_on(i) && sigismember(&before.mask, i) == 0)
            sigaddset(set, i);
}

void signals_block(const sigset_t *set)
{
    sigset_t blocked;
    sigorset(&blocked, set, &before.mask);
    sigaddset(&blocked, SIGCHLD);
    sigprocmask(SIG_SETMASK, &blocked, NULL);
}

void signals_take_pending(const sigset_t *set, sigset_t *taken)
{
    const struct timespec now = {0, 0};
    int signal;
    sigemptyset(taken);
    while ((signal = sigtimedwait(set, NULL, &now)) > 0)
        sigaddset(taken, signal);
}
