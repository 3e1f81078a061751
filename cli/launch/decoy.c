/*
 * decoy.c - tells whether a signal was sent to this process alone or to its whole process group.
 *
 * The kernel sends a signal to the members of a group one after the other and begins with the
 * youngest, which is the decoy. So when this process has the signal, the decoy has counted it or is
 * about to.
 */
#include "launch/decoy.h"

#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "arch/system_call.h"

/* On a busy machine the decoy has to wait for a processor; allow it two seconds at most. */
#define SETTLE_TRIES    40000
#define SETTLE_PAUSE_NS 50000

static char stack[4096] __attribute__((aligned(16)));

/* sigwaitinfo(2) as a bare system call: the decoy shares the thread's variables, such as errno,
 * with its parent. Returns the signal, or -EINTR after a SIGSTOP. */
static long wait_for_signal(const uint64_t *set)
{
    return arch_system_call(SYS_rt_sigtimedwait, (long)set, 0, 0, sizeof *set);
}

/* Counts until the parent ends. The parent may have ended before PR_SET_PDEATHSIG took effect. */
static int count_signals(void *argument)
{
    static const uint64_t all = ~UINT64_C(0);
    struct decoy *decoy = argument;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    while (getppid() == decoy->parent) {
        long signal = wait_for_signal(&all);
        if (signal > 0 && signal < _NSIG)
            decoy->counts[signal]++;
    }
    return 0;
}

void decoy_start(struct decoy *decoy)
{
    sigset_t all, before;
    memset(decoy, 0, sizeof *decoy);
    decoy->parent = getpid();
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &before); /* the decoy inherits the mask */
    int pid = clone(count_signals, stack + sizeof stack, CLONE_VM, decoy);
    sigprocmask(SIG_SETMASK, &before, NULL);
    decoy->pid = pid > 0 ? pid : 0;
}

/* Returns whether the decoy has counted all of its signals: it sleeps, and none is pending
 * (proc(5)). A decoy that was killed from outside counts no more. */
static bool has_settled(pid_t pid)
{
    char path[64], line[256], state = 'S';
    uint64_t bits = 0, all = 0;
    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    FILE *status = fopen(path, "re");
    while (status && fgets(line, sizeof line, status)) {
        sscanf(line, "State: %c", &state);
        if (sscanf(line, "SigPnd: %" SCNx64, &bits) == 1 ||
            sscanf(line, "ShdPnd: %" SCNx64, &bits) == 1)
            all |= bits;
    }
    if (status)
        fclose(status);
    return state == 'Z' || (state == 'S' && all == 0);
}

/* Waits until a process that is sending to the group has finished: the kernel's list of processes
 * is locked meanwhile, and setpgid(2) waits for that lock. The call changes nothing here. */
static void wait_for_senders(void)
{
    pid_t group = getpgrp();
    if (group > 0) /* 0: the group is in another PID namespace */
        setpgid(0, group);
}

/* Waits until the decoy has counted its signals and this process has got them, too. */
static void settle(const struct decoy *decoy)
{
    const struct timespec pause = {.tv_nsec = SETTLE_PAUSE_NS};
    for (int tries = 0; tries < SETTLE_TRIES && !has_settled(decoy->pid); tries++)
        nanosleep(&pause, NULL);
    wait_for_senders();
}

static sigset_t pending_here(void)
{
    sigset_t set;
    sigpending(&set);
    return set;
}

/* As a rule the end of the program, SIGCHLD, is the only one. */
static bool is_nothing_but_child_ended(const sigset_t *set)
{
    sigset_t others = *set;
    sigdelset(&others, SIGCHLD);
    return sigisemptyset(&others);
}

void decoy_look(struct decoy *decoy)
{
    const sigset_t pending = pending_here();
    if (decoy->pid == 0 || is_nothing_but_child_ended(&pending))
        return;
    settle(decoy);
    for (int signal = 1; signal < _NSIG; signal++)
        decoy->looked[signal] = decoy->counts[signal];
}

/* Pending signals of one kind merge (signal(7)), here and in the decoy. This process has taken none
 * while the decoy still had it pending, so what was one signal for the decoy is one here; what the
 * decoy counted as several may be one here. If another one of this kind is pending here, it is the
 * one that the decoy has counted since decoy_look. */
bool decoy_was_hit(struct decoy *decoy, int signal)
{
    if (decoy->pid == 0)
        return false;
    settle(decoy);
    const sigset_t pending = pending_here();
    bool is_another_here = sigismember(&pending, signal) == 1;
    uint32_t count = is_another_here ? decoy->looked[signal] : decoy->counts[signal];
    bool was_hit = count != decoy->answered[signal];
    decoy->answered[signal] = count;
    return was_hit;
}

void decoy_stop(struct decoy *decoy)
{
    if (decoy->pid == 0)
        return;
    kill(decoy->pid, SIGKILL);
    waitpid(decoy->pid, NULL, __WALL); /* a child that sends no SIGCHLD (clone(2)) */
    decoy->pid = 0;
}
