/*
 * launch.c - runs the program within a session.
 *
 * A process that starts scoped-trace in place of the program (a shell, a supervisor, a test) should
 * see no difference: signals reach the program, job control works, and the exit status is the
 * program's.
 */
#include "launch/launch.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/nanoseconds.h"
#include "launch/core_flag.h"
#include "launch/decoy.h"
#include "session_names.h"
#include "session/ends.h"
#include "session/session.h"
#include "trace_format.h"

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

/* Returns whether the signal ends a program that does not handle it (signal(7)). */
static bool does_end(int signal)
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

/* The signals stay blocked: while the program runs, the tool waits for them. A handler for each
 * would do the same, but costs three system calls per signal. */
void launch_hold_signals(void)
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

static void restore_signals(void)
{
    sigaction(SIGCHLD, &before.child_ended, NULL);
    ignore_file_size(NULL); /* one may be pending, as it was blocked: this discards it */
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

/* Tells which signals were sent to this process alone. */
static struct decoy decoy;

/* The latest signal that is to stop this process, if no SIGCONT has arrived since; else 0. */
static int stopping;

/* The signals that are passed on, except those that were blocked when the tool started. */
static void choose_passed_on(sigset_t *set)
{
    sigemptyset(set);
    for (int i = 1; i < _NSIG; i++)
        if (is_passed_on(i) && sigismember(&before.mask, i) == 0)
            sigaddset(set, i);
}

/* The terminal and its driver send these to all foreground processes. But when the terminal is
 * gone, only the session leader is told (credentials(7)); without the tool, that leader would be
 * the program. */
static bool is_sent_by_terminal(const siginfo_t *info)
{
    int signal = info->si_signo;
    if (signal == SIGHUP || signal == SIGCONT)
        return info->si_code > 0 && getsid(0) != getpid();
    return info->si_code > 0 &&
           (signal == SIGINT || signal == SIGQUIT || signal == SIGTSTP || signal == SIGWINCH);
}

/* The program has got each signal that was sent to the whole process group, if it is still in that
 * group. */
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

/* Copies the entries of LD_PRELOAD, each after a colon. Omits those of an outer run: the interposer
 * in its session directory, and the library right before it. */
static void copy_preload(char *to, const char *preload)
{
    const char *outer = getenv(SESSION_ENV);
    char *last = to; /* where the last copied entry begins */
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

/* Sets *path to the library's own path or, if that cannot be preloaded, to a link or copy in the
 * session. Returns 0 or -errno. */
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

/* Makes the value of LD_PRELOAD for the program. */
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

/* Sets the program's environment, in this process: the tool executes nothing else afterwards. */
static int set_environment(
    const struct session *session, const struct launch_wish *wish, const char *preload)
{
    if (setenv("LD_PRELOAD", preload, 1) != 0 || setenv(SESSION_ENV, session->directory, 1) != 0)
        return -errno;
    if (wish->has_no_times ? setenv(SESSION_CLOCK_ENV, "none", 1) : unsetenv(SESSION_CLOCK_ENV))
        return -errno;
    if (wish->has_no_objects ? setenv(SESSION_WHAT_ENV, "none", 1) : unsetenv(SESSION_WHAT_ENV))
        return -errno;
    char number[16];
    snprintf(number, sizeof number, "%u", wish->each);
    return (wish->each ? setenv(SESSION_EACH_ENV, number, 1) : unsetenv(SESSION_EACH_ENV)) ? -errno
                                                                                           : 0;
}

/* Runs in the vfork child, which shares the parent's memory (vfork(2)) but not its signal settings.
 * An error is written to the pipe, which a successful exec closes. */
_Noreturn static void become_program(
    const char *path, char *const argv[], int pipe, volatile uint64_t *begun_ns)
{
    restore_signals();
    *begun_ns = now_ns();
    execvp(path, argv);
    int error = -errno;
    while (write(pipe, &error, sizeof error) < 0 && errno == EINTR)
        continue;
    _exit(127);
}

/* Returns -errno of the child's exec, or 0 if it succeeded. */
static int read_error(int pipe)
{
    int error = 0;
    ssize_t size;
    do
        size = read(pipe, &error, sizeof error);
    while (size < 0 && errno == EINTR);
    return size == sizeof error ? error : 0;
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

/* Stops this process with the program, so that the shell sees its job stop; a background job only
 * if this process was told to stop, too. If only the program was told to stop, only the program
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

/* Returns whether the program has ended. Does not reap it, so its pid stays valid. If the program
 * has stopped, this process stops, too. */
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

/* Takes the signals of the set that are pending now. */
static void take_pending(const sigset_t *set, sigset_t *taken)
{
    const struct timespec now = {0, 0};
    int signal;
    sigemptyset(taken);
    while ((signal = sigtimedwait(set, NULL, &now)) > 0)
        sigaddset(taken, signal);
}

/* What the launcher waits for while the program runs. */
struct watch {
    sigset_t signals;
    struct pollfd polled[3]; /* the signals; wish->requests; ends of other processes */
    const struct launch_wish *wish;
    struct ends *ends;
};

static void announce_request(struct watch *watch)
{
    watch->polled[1].fd = -1;
    watch->wish->on_request(watch->wish->argument);
}

static void watch_begin(
    struct watch *watch, const sigset_t *passed_on, const struct launch_wish *wish)
{
    *watch = (struct watch){.signals = *passed_on, .wish = wish};
    sigaddset(&watch->signals, SIGCHLD);
    int signals = signalfd(-1, &watch->signals, SFD_CLOEXEC);
    watch->polled[0] = (struct pollfd){signals, POLLIN, 0};
    watch->polled[1] = (struct pollfd){wish->on_request ? wish->requests : -1, POLLIN, 0};
    if (signals < 0 && wish->on_request)
        announce_request(watch); /* the launcher cannot wait for both */
}

static void watch_end(struct watch *watch)
{
    if (watch->polled[0].fd >= 0)
        close(watch->polled[0].fd);
}

/* Waits for a signal or until wish->requests is readable. Returns the signal, or -1. */
static int watch_next(struct watch *watch, siginfo_t *info)
{
    const struct timespec now = {0, 0};
    if (watch->polled[0].fd < 0) {
        int signal = sigwaitinfo(&watch->signals, info);
        decoy_look(&decoy); /* too late if two arrived at the same time */
        return signal;
    }
    watch->polled[2] = (struct pollfd){ends_descriptor(watch->ends), POLLIN, 0};
    if (poll(watch->polled, 3, ends_pause(watch->ends)) > 0 && watch->polled[1].revents)
        announce_request(watch);
    ends_look(watch->ends);
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
    watch.ends = result->ends;
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
    result->life.ended_ns = now_ns();
    watch_end(&watch);
    /* Signals that arrived together with its end, mostly a SIGINT from the terminal, were meant for
     * it. */
    take_pending(passed_on, &late);
    note_all_told(result, &late);
}

static uint64_t microseconds_of(const struct timeval *time)
{
    return (uint64_t)time->tv_sec * 1000000 + (uint64_t)time->tv_usec;
}

/* Waits for the program, which has ended. The kernel divides the processor time only together with
 * that of children that were waited for (getrusage(2)). */
static void reap(struct launch_result *result)
{
    struct rusage used = {0};
    uint64_t sum = process_time_sum(result->pid);
    while (wait4(result->pid, &result->status, 0, &used) < 0 && errno == EINTR)
        continue;
    process_time_divide(
        &result->life, sum, microseconds_of(&used.ru_utime), microseconds_of(&used.ru_stime));
    result->life.pid = result->pid;
    result->life.is_whole = result->life.has_status = true;
    result->life.status = result->status;
}

static void attend(struct launch_result *result, const struct session *session, int pipe,
    const sigset_t *early, const struct launch_wish *wish)
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
    if (result->error == 0) {
        result->ends = ends_begin(session, result->pid);
        decoy_start(&decoy);
    }
    wait_for_end(result, &passed_on, wish);
    decoy_stop(&decoy);
    reap(result);
    /* A process that ends the processes of a service one by one may begin with the program. */
    if (WIFSIGNALED(result->status))
        note_told(result, WTERMSIG(result->status));
}

/* All signals that arrived before the program was started, including those of the terminal. */
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
    /* vfork takes half as long as fork, which copies the page tables. */
    volatile uint64_t begun_ns = 0;
    pid_t pid = vfork();
    if (pid == 0)
        become_program(wish->path, wish->argv, ends[1], &begun_ns);
    error = pid < 0 ? -errno : 0;
    close(ends[1]);
    if (error == 0) {
        *result = (struct launch_result){.pid = pid, .life = {.begun_ns = begun_ns}};
        attend(result, session, ends[0], &early, wish);
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
        core_flag_choose(WCOREDUMP(status)); /* the program has dumped its own core */
        sigaction(signal, &plain, NULL);
        sigemptyset(&only);
        sigaddset(&only, signal);
        sigprocmask(SIG_UNBLOCK, &only, NULL);
        raise(signal);
        _exit(128 + signal); /* the status that a shell reports */
    }
    exit(WEXITSTATUS(status));
}
