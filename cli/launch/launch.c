/*
 * launch.c - the program's run within a session.
 *
 * Whoever starts scoped-trace in a program's place (a shell, a supervisor, a test)
 * should not notice it: signals arrive at the program, job control works, and the
 * end is the program's own.
 */
#include "launch/launch.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/nanoseconds.h"
#include "launch/core_flag.h"
#include "launch/decoy.h"
#include "session_names.h"
#include "session/session.h"
#include "trace_format.h"

/* Passed on are all but those that cannot be caught, those that report a fault of the receiver's
 * own, those that the launcher needs itself, and the two of glibc's threads (nptl(7)). */
static bool is_passed_on(int signal)
{
    static const int others[] = {SIGKILL, SIGSTOP, SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGSYS,
        SIGABRT, SIGPIPE, SIGCHLD, SIGTTIN, SIGTTOU};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (signal == others[i])
            return false;
    return signal < __SIGRTMIN || signal >= SIGRTMIN;
}

/* Whether that is what it does unless a program handles it (signal(7)). */
static bool does_end(int signal)
{
    return is_passed_on(signal) && signal != SIGCONT && signal != SIGTSTP && signal != SIGWINCH &&
           signal != SIGURG;
}

/* What the kernel knows of a signal's handling, which for these two glibc does not tell (nptl(7)):
 * it handles them where there are threads, and they may have been ignored before. */
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

#define INTERNAL_SIGNALS 2 /* from __SIGRTMIN on */

/* What the launcher has changed of itself, and gives back to the program. */
static struct {
    bool is_in_force;
    struct internal_signal internal[INTERNAL_SIGNALS];
    struct sigaction child_ended; /* of SIGCHLD */
    struct sigaction file_grows;  /* of SIGXFSZ */
    sigset_t mask;
} before;

/* A limit of file size is an error to us, which has its message. */
static void ignore_file_size(struct sigaction *former)
{
    const struct sigaction ignoring = {.sa_handler = SIG_IGN};
    sigaction(SIGXFSZ, &ignoring, former);
}

/* Blocked for good: while the program runs they are waited for, which a handler for each would do
 * as well, at three system calls a signal. */
void launch_hold_signals(void)
{
    struct sigaction plain = {.sa_handler = SIG_DFL};
    sigset_t all;
    before.is_in_force = true;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &before.mask);
    /* If it was ignored, there would be no status to wait for (wait(2), notes). */
    sigaction(SIGCHLD, &plain, &before.child_ended);
    ignore_file_size(&before.file_grows);
    for (int i = 0; i < INTERNAL_SIGNALS; i++)
        exchange_internal(__SIGRTMIN + i, NULL, &before.internal[i]);
}

static void restore_signals(void)
{
    sigaction(SIGCHLD, &before.child_ended, NULL);
    ignore_file_size(NULL); /* as it was blocked, one may be pending: that goes by this */
    sigaction(SIGXFSZ, &before.file_grows, NULL);
    sigprocmask(SIG_SETMASK, &before.mask, NULL);
    for (int i = 0; i < INTERNAL_SIGNALS; i++)
        if (before.internal[i].handler == (void *)SIG_IGN)
            exchange_internal(__SIGRTMIN + i, &before.internal[i], NULL);
}

void launch_release_signals(void)
{
    if (!before.is_in_force)
        return;
    before.is_in_force = false;
    restore_signals();
}

/* Tells what was sent to this process alone. */
static struct decoy decoy;

/* The latest signal that is to stop this process, if none has come that continues it. */
static int stopping;

/* The signals that are passed on, as far as this process gets them. */
static void choose_passed_on(sigset_t *set)
{
    sigemptyset(set);
    for (int i = 1; i < _NSIG; i++)
        if (is_passed_on(i) && sigismember(&before.mask, i) == 0)
            sigaddset(set, i);
}

/* What the terminal or its driver sends, it sends to all of the foreground processes. But when the
 * terminal is gone, the leader of its session alone is told (credentials(7)), in a session whose
 * leader would be the program without us. */
static bool is_sent_by_terminal(const siginfo_t *info)
{
    int signal = info->si_signo;
    if (signal == SIGHUP || signal == SIGCONT)
        return info->si_code > 0 && getsid(0) != getpid();
    return info->si_code > 0 &&
           (signal == SIGINT || signal == SIGQUIT || signal == SIGTSTP || signal == SIGWINCH);
}

/* What the whole process group got, the program has got, too, as long as it is in that group. */
static bool has_got(pid_t program, const siginfo_t *info)
{
    bool is_for_all = info->si_code != SI_QUEUE && decoy_was_hit(&decoy, info->si_signo);
    return is_sent_by_terminal(info) ||
           (is_for_all && info->si_code == SI_USER && getpgid(program) == getpgrp());
}

static void pass_on(pid_t program, const siginfo_t *info)
{
    if (has_got(program, info))
        return;
    if (info->si_code == SI_QUEUE)
        sigqueue(program, info->si_signo, info->si_value);
    else
        kill(program, info->si_signo);
}

static bool is_interposer_of(const char *session, const char *entry, size_t length)
{
    size_t prefix = strlen(session);
    return length == prefix + 1 + strlen(SESSION_INTERPOSER) &&
           strncmp(entry, session, prefix) == 0 &&
           strncmp(entry + prefix, "/" SESSION_INTERPOSER, length - prefix) == 0;
}

/* Copies the entries of LD_PRELOAD, each after a colon. Those of an outer run are left out:
 * the interposer in its session directory, and the library right before it. */
static void copy_preload(char *to, const char *preload)
{
    const char *outer = getenv(SESSION_ENV);
    char *last = to; /* where the last entry begins */
    for (const char *at = preload; *(at += strspn(at, " :")) != '\0';) {
        size_t length = strcspn(at, " :");
        if (outer != NULL && is_interposer_of(outer, at, length)) {
            to = last;
        } else {
            last = to;
            *to++ = ':';
            to = mempcpy(to, at, length);
        }
        at += length;
    }
    *to = '\0';
}

/* The library's own path, or where that cannot be preloaded, of a link or a copy in the session. */
static int find_library(const struct session *session, const char *library, char **path)
{
    char *real = realpath(library, NULL);
    if (real == NULL)
        return -errno;
    if (session_can_preload(real) && (!session->is_shared || session_can_be_reached(real))) {
        *path = real;
        return 0;
    }
    int error = session_put(session, real, LIBRARY_NAME, path);
    free(real);
    return error;
}

/* The value of LD_PRELOAD for the program. */
static int make_preload(const struct session *session, const struct launch_wish *wish, char **value)
{
    const char *inherited = getenv("LD_PRELOAD");
    char *path = NULL, *rest = NULL;
    int error = find_library(session, wish->library, &path);
    if (error != 0)
        return error;
    rest = malloc(strlen(inherited ? inherited : "") + 2);
    if (rest != NULL)
        copy_preload(rest, inherited ? inherited : "");
    const char *first = wish->first ? wish->first : "";
    if (rest == NULL || asprintf(value, "%s%s%s:%s%s", first, *first ? ":" : "", path,
                            session->interposer, rest) < 0)
        error = -ENOMEM;
    free(rest);
    free(path);
    return error;
}

/* What the program finds in its environment. The tool executes nothing else afterwards. */
static int set_environment(
    const struct session *session, const struct launch_wish *wish, const char *preload)
{
    if (setenv("LD_PRELOAD", preload, 1) != 0 ||
        setenv(SESSION_ENV, session->directory, 1) != 0)
        return -errno;
    if (wish->has_no_times ? setenv(SESSION_CLOCK_ENV, "none", 1) : unsetenv(SESSION_CLOCK_ENV))
        return -errno;
    char number[16];
    snprintf(number, sizeof number, "%u", wish->each);
    return (wish->each ? setenv(SESSION_EACH_ENV, number, 1) : unsetenv(SESSION_EACH_ENV)) ? -errno : 0;
}

/* In the vfork child, whose memory is the parent's (vfork(2)): signals are its own. What goes
 * wrong goes through the pipe, which exec closes. */
_Noreturn static void become_program(const char *path, char *const argv[], int pipe)
{
    restore_signals();
    execvp(path, argv);
    int error = errno;
    while (write(pipe, &error, sizeof error) < 0 && errno == EINTR)
        continue;
    _exit(127);
}

/* errno of the child's exec, or 0 when it succeeded. */
static int read_error(int pipe)
{
    int error = 0;
    ssize_t size;
    do
        size = read(pipe, &error, sizeof error);
    while (size < 0 && errno == EINTR);
    return size == sizeof error ? error : 0;
}

/* Whether a shell is waiting for this job at a terminal. */
static bool is_foreground_job(void)
{
    int terminal = open("/dev/tty", O_RDONLY | O_NOCTTY | O_CLOEXEC);
    if (terminal < 0)
        return false;
    bool is_foreground = tcgetpgrp(terminal) == getpgrp();
    close(terminal);
    return is_foreground;
}

/* Whether this process was told to stop, too; it may not have looked yet. */
static bool is_told_to_stop(int signal)
{
    sigset_t pending;
    return stopping == signal || (sigpending(&pending) == 0 && sigismember(&pending, signal) == 1);
}

/* The shell is to see its job stop; also one in the background, where this process was told to
 * stop, too. Whoever stops just the program will continue just that. SIGCONT, when it comes, is
 * passed on like the others. */
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
    sigprocmask(SIG_UNBLOCK, &only, &blocked); /* here it stops */
    sigprocmask(SIG_SETMASK, &blocked, NULL);
    sigaction(signal, &ours, NULL);
}

/* Whether the program has ended; it is not collected: until then its pid is its own. When it has
 * stopped, so does this process. */
static bool has_ended(pid_t pid)
{
    for (;;) {
        siginfo_t info = {.si_pid = 0};
        if (waitid(P_PID, (id_t)pid, &info, WEXITED | WSTOPPED | WNOWAIT | WNOHANG) != 0) {
            if (errno == EINTR)
                continue;
            return true;
        }
        if (info.si_pid == 0)
            return false;
        if (info.si_code != CLD_STOPPED)
            return true;
        waitid(P_PID, (id_t)pid, &info, WSTOPPED | WNOHANG);
        stop_as(info.si_status);
    }
}

/* Takes the signals of the set that are there by now. */
static void take_pending(const sigset_t *set, sigset_t *taken)
{
    const struct timespec now = {0, 0};
    int signal;
    sigemptyset(taken);
    while ((signal = sigtimedwait(set, NULL, &now)) > 0)
        sigaddset(taken, signal);
}

/* What is waited for while the program runs. */
struct watch {
    sigset_t signals;
    struct pollfd polled[2]; /* those; the door */
    const struct launch_wish *wish;
};

static void open_door(struct watch *watch)
{
    watch->polled[1].fd = -1;
    watch->wish->knocked(watch->wish->argument);
}

static void watch_begin(
    struct watch *watch, const sigset_t *passed_on, const struct launch_wish *wish)
{
    *watch = (struct watch){.signals = *passed_on, .wish = wish};
    sigaddset(&watch->signals, SIGCHLD);
    int signals = signalfd(-1, &watch->signals, SFD_CLOEXEC);
    watch->polled[0] = (struct pollfd){signals, POLLIN, 0};
    watch->polled[1] = (struct pollfd){wish->knocked ? wish->door : -1, POLLIN, 0};
    if (signals < 0 && wish->knocked)
        open_door(watch); /* as both cannot be waited for */
}

static void watch_end(struct watch *watch)
{
    if (watch->polled[0].fd >= 0)
        close(watch->polled[0].fd);
}

/* Waits until there is a signal or a knock at the door. Returns the signal, or -1. */
static int watch_next(struct watch *watch, siginfo_t *info)
{
    const struct timespec now = {0, 0};
    if (watch->polled[0].fd < 0) {
        int signal = sigwaitinfo(&watch->signals, info);
        decoy_look(&decoy); /* too late where two came at once */
        return signal;
    }
    if (poll(watch->polled, 2, -1) > 0 && watch->polled[1].revents)
        open_door(watch);
    if (watch->polled[0].revents)
        decoy_look(&decoy);
    return sigtimedwait(&watch->signals, info, &now);
}

static void note_told(struct launch_result *result, int signal)
{
    if (!does_end(signal))
        return;
    result->told_ns = now_ns();
    sigaddset(&result->told, signal);
}

static void note_all_told(struct launch_result *result, const sigset_t *signals)
{
    for (int i = 1; i < _NSIG; i++)
        if (sigismember(signals, i) == 1)
            note_told(result, i);
}

/* Waits until the program has ended. */
static void wait_for_end(
    struct launch_result *result, const sigset_t *passed_on, const struct launch_wish *wish)
{
    sigset_t late;
    struct watch watch;
    watch_begin(&watch, passed_on, wish);
    while (!has_ended(result->pid)) {
        siginfo_t info;
        int signal = watch_next(&watch, &info);
        if (signal == SIGTSTP || signal == SIGCONT)
            stopping = signal == SIGTSTP ? signal : 0;
        if (signal > 0 && signal != SIGCHLD) {
            note_told(result, signal);
            pass_on(result->pid, &info);
        }
    }
    watch_end(&watch);
    /* What came with its end, an interrupt from the terminal above all, was meant for it. */
    take_pending(passed_on, &late);
    note_all_told(result, &late);
}

static void attend(
    struct launch_result *result, int pipe, const sigset_t *early, const struct launch_wish *wish)
{
    sigset_t passed_on, blocked;
    choose_passed_on(&passed_on);
    for (int i = 1; i < _NSIG; i++)
        if (sigismember(early, i) == 1)
            kill(result->pid, i);
    note_all_told(result, early);
    sigorset(&blocked, &passed_on, &before.mask);
    sigaddset(&blocked, SIGCHLD);
    sigprocmask(SIG_SETMASK, &blocked, NULL);
    result->error = read_error(pipe);
    result->is_started = result->error == 0;
    if (result->is_started)
        decoy_start(&decoy);
    wait_for_end(result, &passed_on, wish);
    decoy_stop(&decoy);
    while (waitpid(result->pid, &result->status, 0) < 0 && errno == EINTR)
        continue;
    /* Whoever ends the processes of a service one by one may begin with the program. */
    if (WIFSIGNALED(result->status))
        note_told(result, WTERMSIG(result->status));
}

/* All signals that came before there is a program, the terminal's among them. */
static void take_early(sigset_t *early)
{
    sigset_t all;
    sigfillset(&all);
    sigdelset(&all, SIGCHLD);
    take_pending(&all, early);
}

int launch(
    struct launch_result *result, const struct session *session, const struct launch_wish *wish)
{
    char *preload = NULL;
    sigset_t early;
    int ends[2];
    int error = make_preload(session, wish, &preload);
    if (error == 0)
        error = set_environment(session, wish, preload);
    if (error == 0 && pipe2(ends, O_CLOEXEC) != 0)
        error = -errno;
    if (error != 0)
        goto out;
    take_early(&early);
    /* Half as long as fork, which copies the page tables. */
    pid_t pid = vfork();
    if (pid == 0)
        become_program(wish->path, wish->argv, ends[1]);
    error = pid < 0 ? -errno : 0;
    close(ends[1]);
    if (error == 0) {
        *result = (struct launch_result){.pid = pid};
        attend(result, ends[0], &early, wish);
    }
    close(ends[0]);
out:
    free(preload);
    return error;
}

void launch_leave_as(int status)
{
    if (WIFSIGNALED(status)) {
        int signal = WTERMSIG(status);
        struct sigaction plain = {.sa_handler = SIG_DFL};
        sigset_t only;
        fflush(NULL);
        core_flag_choose(WCOREDUMP(status)); /* the program has dumped its own */
        sigaction(signal, &plain, NULL);
        sigemptyset(&only);
        sigaddset(&only, signal);
        sigprocmask(SIG_UNBLOCK, &only, NULL);
        raise(signal);
        _exit(128 + signal); /* as a shell would say it */
    }
    exit(WEXITSTATUS(status));
}
