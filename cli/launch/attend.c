/*
 * attend.c - attends to a child until it ends: passes signals on to it, and stops when it stops.
 */
#include "launch/attend.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stddef.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/nanoseconds.h"
#include "launch/decoy.h"
#include "launch/signals.h"
#include "session/ends.h"

/* Tells which signals were sent to this process alone. */
static struct decoy decoy;

/* The latest signal that is to stop this process, if no SIGCONT has arrived since; else 0. */
static int stopping;

/* The terminal and its driver send these to all foreground processes. But when the terminal is
 * gone, only the session leader is told (credentials(7)); without the tool, that leader would be
 * the child. */
static bool is_sent_by_terminal(const siginfo_t *info)
{
    int signal = info->si_signo;
    if (signal == SIGHUP || signal == SIGCONT)
        return info->si_code > 0 && getsid(0) != getpid();
    return info->si_code > 0 &&
           (signal == SIGINT || signal == SIGQUIT || signal == SIGTSTP || signal == SIGWINCH);
}

/* The child has got each signal that was sent to the whole process group, if it is still in that
 * group. */
static bool has_got(pid_t child, const siginfo_t *info)
{
    bool is_for_all = info->si_code != SI_QUEUE && decoy_was_hit(&decoy, info->si_signo);
    return is_sent_by_terminal(info) ||
           (is_for_all && info->si_code == SI_USER && getpgid(child) == getpgrp());
}

static void pass_on(pid_t child, const siginfo_t *info)
{
    if (has_got(child, info))
        return;
    if (info->si_code == SI_QUEUE)
        sigqueue(child, info->si_signo, info->si_value);
    else
        kill(child, info->si_signo);
}

/* Returns whether a shell waits for this job at a terminal. */
static bool is_foreground_job(void)
{
    int terminal = open("/dev/tty", O_RDONLY | O_NOCTTY | O_CLOEXEC);
    if (terminal < 0)
        return false;
    bool is_foreground = tcgetpgrp(terminal) == getpgrp();
    close(terminal);
    return is_foreground;
}

/* Returns whether this process was told to stop, too. The signal may still be pending. */
static bool is_told_to_stop(int signal)
{
    sigset_t pending;
    return stopping == signal || (sigpending(&pending) == 0 && sigismember(&pending, signal) == 1);
}

/* Stops this process with the child, so that the shell sees its job stop; a background job only
 * if this process was told to stop, too. If only the child was told to stop, only the child
 * will be continued. A later SIGCONT is passed on like other signals. */
static void stop_as(int signal)
{
    struct sigaction plain = {.sa_handler = SIG_DFL}, ours = plain;
    sigset_t only, blocked;
    if (!is_foreground_job() && !is_told_to_stop(signal))
        return;
    stopping = 0;
    sigaction(signal, &plain, &ours);
    raise(signal);
    sigemptyset(&only);
    sigaddset(&only, signal);
    sigprocmask(SIG_UNBLOCK, &only, &blocked); /* the process stops here */
    sigprocmask(SIG_SETMASK, &blocked, NULL);
    sigaction(signal, &ours, NULL);
}

/* Returns whether the child has ended. Does not reap it, so its pid stays valid. If the child has
 * stopped, this process stops, too. */
static bool has_ended(struct attend *attend)
{
    const id_t child = (id_t)attend->pid;
    for (;;) {
        siginfo_t info = {.si_pid = 0};
        if (waitid(P_PID, child, &info, WEXITED | WSTOPPED | WCONTINUED | WNOWAIT | WNOHANG) != 0) {
            if (errno == EINTR)
                continue;
            return true;
        }
        if (info.si_pid == 0)
            return false;
        if (info.si_code != CLD_STOPPED && info.si_code != CLD_CONTINUED)
            return true;
        attend->is_stopped = info.si_code == CLD_STOPPED;
        waitid(P_PID, child, &info, WSTOPPED | WCONTINUED | WNOHANG);
        if (attend->is_stopped)
            stop_as(info.si_status);
    }
}

/* ---- waiting ---- */

/* What is waited for. */
struct watch {
    struct attend *attend;
    sigset_t signals;
    struct pollfd polled[3]; /* the signals; attend->descriptor; ends of other processes */
    bool goes_on;
};

static void announce_readable(struct watch *watch)
{
    struct attend *attend = watch->attend;
    watch->polled[1].fd = -1;
    watch->goes_on &= attend->on_readable(attend->readable_argument);
}

static void announce_due(struct watch *watch)
{
    struct attend *attend = watch->attend;
    if (attend->on_due == NULL || attend->is_stopped || now_ns() < attend->due_ns)
        return;
    bool (*on_due)(void *argument) = attend->on_due;
    attend->on_due = NULL;
    watch->goes_on &= on_due(attend->due_argument);
}

static void watch_begin(struct watch *watch, struct attend *attend, const sigset_t *signals)
{
    *watch = (struct watch){.attend = attend, .signals = *signals, .goes_on = true};
    sigaddset(&watch->signals, SIGCHLD);
    int signals_fd = signalfd(-1, &watch->signals, SFD_CLOEXEC);
    watch->polled[0] = (struct pollfd){signals_fd, POLLIN, 0};
    watch->polled[1] = (struct pollfd){attend->on_readable ? attend->descriptor : -1, POLLIN, 0};
    if (signals_fd < 0 && watch->polled[1].fd >= 0)
        announce_readable(watch); /* it is not possible to wait for both */
}

static void watch_end(struct watch *watch)
{
    if (watch->polled[0].fd >= 0)
        close(watch->polled[0].fd);
}

/* In how many milliseconds the child's time is up; -1: never. */
static int until_due(const struct attend *attend)
{
    uint64_t now = now_ns();
    if (attend->on_due == NULL || attend->is_stopped)
        return -1;
    if (attend->due_ns <= now)
        return 0;
    uint64_t ms = (attend->due_ns - now) / 1000000 + 1;
    return ms < INT_MAX ? (int)ms : INT_MAX;
}

static int choose_pause(const struct attend *attend)
{
    int due = until_due(attend), look = ends_pause(attend->ends);
    return look < 0 || (due >= 0 && due < look) ? due : look;
}

/* Without a descriptor for them. */
static int attend_wait_for_signal(struct watch *watch, siginfo_t *info)
{
    int due = until_due(watch->attend);
    const struct timespec pause = {due / 1000, due % 1000 * 1000000L};
    int signal = sigtimedwait(&watch->signals, info, due < 0 ? NULL : &pause);
    decoy_look(&decoy); /* too late if two arrived at the same time */
    return signal;
}

/* Waits for a signal, until the descriptor is readable, or until the time is up. Returns the
 * signal, or -1. */
static int watch_next(struct watch *watch, siginfo_t *info)
{
    const struct timespec now = {0, 0};
    if (watch->polled[0].fd < 0)
        return attend_wait_for_signal(watch, info);
    struct attend *attend = watch->attend;
    watch->polled[2] = (struct pollfd){ends_descriptor(attend->ends), POLLIN, 0};
    if (poll(watch->polled, 3, choose_pause(attend)) > 0 && watch->polled[1].revents)
        announce_readable(watch);
    ends_look(attend->ends);
    if (watch->polled[0].revents)
        decoy_look(&decoy);
    return sigtimedwait(&watch->signals, info, &now);
}

/* ---- the whole ---- */

void attend_note_told(struct attend *attend, int signal)
{
    if (!signals_does_end(signal))
        return;
    attend->told_ns = now_ns();
    sigaddset(&attend->told, signal);
}

void attend_tell(struct attend *attend, int signal)
{
    attend_note_told(attend, signal);
    kill(attend->pid, signal);
}

static void note_all_told(struct attend *attend, const sigset_t *signals)
{
    for (int i = 1; i < _NSIG; i++)
        if (sigismember(signals, i) == 1)
            attend_note_told(attend, i);
}

void attend_take_early(struct attend *attend)
{
    sigset_t all;
    sigfillset(&all);
    sigdelset(&all, SIGCHLD);
    signals_take_pending(&all, &attend->early);
}

static void pass_on_early(struct attend *attend)
{
    for (int i = 1; i < _NSIG; i++)
        if (sigismember(&attend->early, i) == 1)
            kill(attend->pid, i);
    note_all_told(attend, &attend->early);
    sigemptyset(&attend->early);
}

static void take_signal(struct attend *attend, int signal, const siginfo_t *info)
{
    if (signal == SIGTSTP || signal == SIGCONT)
        stopping = signal == SIGTSTP ? signal : 0;
    if (signal <= 0 || signal == SIGCHLD)
        return;
    attend_note_told(attend, signal);
    pass_on(attend->pid, info);
}

static bool attend_with(struct attend *attend, const sigset_t *signals)
{
    struct watch watch;
    bool is_over = false;
    watch_begin(&watch, attend, signals);
    while (watch.goes_on && !(is_over = has_ended(attend))) {
        siginfo_t info;
        take_signal(attend, watch_next(&watch, &info), &info);
        announce_due(&watch);
    }
    attend->ended_ns = now_ns();
    watch_end(&watch);
    return is_over;
}

bool attend(struct attend *attend)
{
    sigset_t passed_on, late;
    pass_on_early(attend);
    signals_choose_passed_on(&passed_on);
    signals_block(&passed_on);
    decoy_start(&decoy);
    bool is_over = attend_with(attend, &passed_on);
    decoy_stop(&decoy);
    if (!is_over)
        return false;
    /* Signals that arrived together with its end, mostly a SIGINT from the terminal, were meant for
     * it. */
    signals_take_pending(&passed_on, &late);
    note_all_told(attend, &late);
    return true;
}

void attend_alone(struct attend *attend)
{
    sigset_t none, passed_on;
    sigemptyset(&none);
    signals_choose_passed_on(&passed_on);
    signals_block(&none);
    attend_with(attend, &none);
    signals_block(&passed_on);
}
