/*
 * decoy.c - tells whether a signal was sent to this process alone or to its whole process group.
 *
 * The kernel sends to the members of a group one after the other, beginning with the youngest,
 * which is the decoy: when a signal is here, it was counted there, or is about to be.
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

/* On a busy machine it waits for a processor as others do: two seconds at most. */
#define SETTLE_TRIES    40000
#define SETTLE_PAUSE_NS 50000

static char stack[4096] __attribute__((aligned(16)));

/* sigwaitinfo(2) as a bare system call: the decoy shares the thread's variables with its parent,
 * errno among them. Returns the signal, or -EINTR after a SIGSTOP. */
static long wait_for_signal(const uint64_t *set)
{
    return arch_system_call(SYS_rt_sigtimedwait, (long)set, 0, 0, sizeof *set);
}

/* Until its parent ends, which may have been before that could be asked for. */
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
    sigprocmask(SIG_SETMASK, &all, &before); /* inherited */
    int pid = clone(count_signals, stack + sizeof stack, CLONE_VM, decoy);
    sigprocmask(SIG_SETMASK, &before, NULL);
    decoy->pid = pid > 0 ? pid : 0;
}

/* Whether it has counted all that it has got: it sleeps, and none is pending (proc(5)). One that
 * somebody has killed counts no more. */
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

/* Waits until whoever is sending to the group has done so: the kernel's list of processes is locked
 * meanwhile, which setpgid(2) waits for. It changes nothing here. */
static void wait_for_senders(void)
{
    pid_t group = getpgrp();
    if (group > 0) /* 0: of another PID namespace */
        setpgid(0, group);
}

/* Waits until what the decoy has got is counted, and is here, too. */
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

/* The end of the program, SIGCHLD, is the only one as a rule. */
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

/* Signals of one kind that are pending merge (signal(7)), here and there. None has been taken here
 * while the decoy had it still pending, so whatever was one there is one here; what it counted as
 * several may be. If another one is here by now, that is what it has counted since it was looked
 * at. */
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
