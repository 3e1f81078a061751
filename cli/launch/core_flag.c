/*
 * core_flag.c - whether this process dumps core when it dies of a signal.
 *
 * The kernel sets the flag when it has begun to write (fs/coredump.c, elf_core_dump), so a limit of
 * one page, the least for which it does begin, is enough.
 */
#include "launch/core_flag.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "session/session.h"

#define CORE_MIN 4096 /* ELF_EXEC_PAGESIZE */

/* A name that begins with '/' may be one and the same for all cores; '|' is a program, '@' a socket
 * that gets them, whatever the limit is. */
static bool do_cores_go_to_current_directory(void)
{
    char first = '\0';
    int fd = open("/proc/sys/kernel/core_pattern", O_RDONLY | O_CLOEXEC);
    ssize_t size = fd < 0 ? -1 : read(fd, &first, 1);
    if (fd >= 0)
        close(fd);
    return size == 1 && first != '/' && first != '|' && first != '@' && first != '\n';
}

/* The hard limit stays, and may be what forbids it. */
static bool limit_core(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_CORE, &limit) != 0 || limit.rlim_max < CORE_MIN)
        return false;
    limit.rlim_cur = CORE_MIN;
    return setrlimit(RLIMIT_CORE, &limit) == 0;
}

/* Until the tracee dumps core and dies of its signal: then it stops once more, and nobody has been
 * told of its death. */
static void await_exit(pid_t tracee)
{
    int status;
    while (waitpid(tracee, &status, __WALL) == tracee && WIFSTOPPED(status)) {
        int event = status >> 16;
        if (event == PTRACE_EVENT_EXIT)
            return;
        ptrace(PTRACE_CONT, tracee, NULL, (void *)(intptr_t)(event ? 0 : WSTOPSIG(status)));
    }
}

static void await_byte(int fd)
{
    char byte;
    while (read(fd, &byte, 1) < 0 && errno == EINTR)
        continue;
}

/* In the child. It removes the directory before the parent's own parent is told of the death, if it
 * may trace it; else a moment later, when what the parent has open is closed. Nobody is to wait for
 * this process, which has nothing of the tool's open, nor to end it: its end continues a tracee. */
_Noreturn static void remove_afterwards(struct session *session, pid_t parent, int other)
{
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
    dup2(other, 0);
    syscall(SYS_close_range, 1, ~0u, 0);
    setsid();
    bool is_tracer = ptrace(PTRACE_SEIZE, parent, NULL, (void *)PTRACE_O_TRACEEXIT) == 0;
    if (write(0, "", 1) == 1 && is_tracer)
        await_exit(parent);
    else
        await_byte(0);
    session_finish(session, false);
    _exit(0);
}

/* Goes into a directory that will be removed. Returns whether there is one. */
static bool enter_directory(void)
{
    struct session session = {0};
    char *problem = NULL;
    int ends[2];
    pid_t parent = getpid();
    if (session_create(&session, &problem) != 0) {
        free(problem);
        return false;
    }
    if (chdir(session.directory) != 0 ||
        socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
        session_finish(&session, false);
        return false;
    }
    prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY); /* where only parents may trace (Yama) */
    pid_t child = fork();
    if (child == 0) {
        close(ends[1]);
        remove_afterwards(&session, parent, ends[0]);
    }
    close(ends[0]); /* the other one is closed by the end of this process */
    if (child > 0)
        await_byte(ends[1]);
    session_finish(&session, child > 0);
    return child > 0;
}

void core_flag_choose(bool is_wanted)
{
    if (is_wanted && do_cores_go_to_current_directory() && limit_core() && enter_directory())
        return;
    prctl(PR_SET_DUMPABLE, 0);
}
