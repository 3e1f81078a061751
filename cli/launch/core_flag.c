/*
 * core_flag.c - whether this process dumps core when it dies of a signal.
 *
 * The kernel sets the flag when it has begun to write (fs/coredump.c, elf_core_dump). A limit of
 * one page is the smallest with which it begins.
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

/* A pattern that begins with '/' may give all cores the same name. '|' is a program and '@' a
 * socket that gets them, whatever the limit is. */
static bool do_cores_go_to_current_directory(void)
{
    char first = '\0';
    int fd = open("/proc/sys/kernel/core_pattern", O_RDONLY | O_CLOEXEC);
    ssize_t size = fd < 0 ? -1 : read(fd, &first, 1);
    if (fd >= 0)
        close(fd);
    return size == 1 && first != '/' && first != '|' && first != '@' && first != '\n';
}

/* The hard limit is not changed; it may forbid a core. */
static bool limit_core(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_CORE, &limit) != 0 || limit.rlim_max < CORE_MIN)
        return false;
    limit.rlim_cur = CORE_MIN;
    return setrlimit(RLIMIT_CORE, &limit) == 0;
}

/* Waits until the tracee has dumped core and is about to die of its signal: it then stops once
 * more, and its parent has not been told of its death yet. */
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

/* Runs in the child. If it may trace its parent, it removes the directory before the parent's own
 * parent is told of the death; if not, a moment later, when the kernel has closed the parent's
 * descriptors. No process may wait for this process, so it closes all of the tool's descriptors. No
 * signal may end it, because its end continues a tracee. */
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

/* Changes to a directory that will be removed. Returns whether that worked. */
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
    prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY); /* needed where only parents may trace (Yama) */
    pid_t child = fork();
    if (child == 0) {
        close(ends[1]);
        remove_afterwards(&session, parent, ends[0]);
    }
    close(ends[0]); /* the other end is closed when this process ends */
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
