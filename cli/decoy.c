/*
 * decoy.c - tells whether a signal was sent to this process alone or to its whole process group.
 *
 * The kernel sends to the members of a group one after the other, beginning with the youngest,
 * which is the decoy: when a signal is here, it is pending there.
 */
#include "decoy.h"

#include <inttypes.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* It shares the thread's variables with its parent, errno among them, so it makes no call that
 * could fail. */
static char stacks[2][4096] __attribute__((aligned(16)));

/* `parent` points to the pid of the parent, which may have gone before it could be asked for. */
static int wait_for_its_end(void *parent)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    while (getppid() == *(pid_t *)parent)
        syscall(SYS_pause); /* returns for no signal that is blocked */
    return 0;
}

/* On the stack that the one before did not have. */
static pid_t start(void)
{
    static unsigned next;
    static pid_t parent;
    char *stack = stacks[next++ % 2];
    sigset_t all, before;
    parent = getpid();
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &before); /* inherited */
    int pid = clone(wait_for_its_end, stack + sizeof stacks[0], CLONE_VM, &parent);
    sigprocmask(SIG_SETMASK, &before, NULL);
    return pid > 0 ? pid : 0;
}

static void stop(pid_t pid)
{
    if (pid == 0)
        return;
    kill(pid, SIGKILL);
    waitpid(pid, NULL, __WALL); /* a child that sends no SIGCHLD (clone(2)) */
}

void decoy_start(struct decoy *decoy)
{
    *decoy = (struct decoy){.pid = start()};
}

/* Those that are pending, as in proc(5). */
static uint64_t pending(pid_t pid)
{
    char path[64], line[256];
    uint64_t bits = 0, all = 0;
    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    FILE *status = fopen(path, "re");
    while (status && fgets(line, sizeof line, status))
        if (sscanf(line, "SigPnd: %" SCNx64, &bits) == 1 ||
            sscanf(line, "ShdPnd: %" SCNx64, &bits) == 1)
            all |= bits;
    if (status)
        fclose(status);
    return all;
}

/* A pending signal cannot be taken away from another process, so there is a new one each time. It
 * is there before the old one is looked at for the last time: what comes in between is seen. */
bool decoy_was_hit(struct decoy *decoy, int signal)
{
    uint64_t bit = UINT64_C(1) << (signal - 1);
    if (decoy->pid == 0 || ((pending(decoy->pid) | decoy->others) & bit) == 0)
        return false;
    pid_t old = decoy->pid;
    decoy->pid = start();
    decoy->others = (decoy->others | pending(old)) & ~bit;
    stop(old);
    return true;
}

void decoy_stop(struct decoy *decoy)
{
    stop(decoy->pid);
    *decoy = (struct decoy){0};
}
