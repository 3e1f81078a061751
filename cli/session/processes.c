/*
 * processes.c - which processes of a run still exist.
 *
 * Nothing is asked of the processes, and nothing is held open in them. Waiting for all of them
 * needs no polling: each was forked by an earlier one. So the tool waits for the processes that it
 * finds (pidfd), and when one has ended, it finds the children by another look.
 */
#include "session/processes.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/array.h"
#include "base/nanoseconds.h"
#include "session/ends.h"
#include "session/mappings.h"
#include "session/presence.h"
#include "session/session.h"

#define START_TRIES    25
#define START_PAUSE_MS 2
#define SETTLE_TRIES   5
#define SETTLE_NS      UINT64_C(50000000)
#define LOOK_TRIES     4
#define PAUSE_MS       10
#define POLL_MS        200 /* for kernels without pidfd_open(2), before Linux 5.3 */
#define UNNAMED_MS     20  /* if no process that could be waited for is known */

/* Returns whether the process began before `since_ns` (CLOCK_BOOTTIME). Reading all its mappings
 * takes ten times as long. */
static bool is_older(int pid, uint64_t since_ns)
{
    char path[64], text[1024];
    unsigned long long ticks = 0;
    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t size = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
    if (fd >= 0)
        close(fd);
    text[size > 0 ? size : 0] = '\0';
    const char *after_name = strrchr(text, ')'); /* the name may hold any bytes */
    for (int field = 2; after_name && field < 22; field++)
        after_name = strchr(after_name + 1, ' ');
    if (after_name == NULL || sscanf(after_name, "%llu", &ticks) != 1)
        return false;
    return (ticks + 1) * (UINT64_C(1000000000) / (uint64_t)sysconf(_SC_CLK_TCK)) <= since_ns;
}

static void processes_read_name(struct running_process *process)
{
    FILE *file = presence_open(process->pid, "comm");
    size_t length = file ? fread(process->name, 1, sizeof process->name - 1, file) : 0;
    process->name[length] = '\0';
    process->name[strcspn(process->name, "\n")] = '\0';
    if (file)
        fclose(file);
}

static int processes_add(struct processes *running, int pid)
{
    if (array_reserve(&running->list, running->count, 1, &running->room, sizeof *running->list) !=
        0)
        return -ENOMEM;
    running->list[running->count].pid = pid;
    processes_read_name(&running->list[running->count++]);
    return 0;
}

static int by_pid(const void *left, const void *right)
{
    const struct running_process *a = left, *b = right;
    return (a->pid > b->pid) - (a->pid < b->pid);
}

/* `is_any_starting`: set to whether a process may become one of the run. */
static int look_at_all(struct processes *running, const struct session *session, const char *mark,
    bool *is_any_starting)
{
    int error = 0;
    *is_any_starting = false;
    DIR *entries = opendir("/proc");
    if (entries == NULL)
        return -errno;
    for (struct dirent *entry; error == 0 && (entry = readdir(entries)) != NULL;) {
        int pid = isdigit((unsigned char)entry->d_name[0]) ? atoi(entry->d_name) : 0;
        bool may_be = pid > 0 && pid != getpid() && !is_older(pid, session->begun_ns);
        enum presence found = may_be ? presence_of(mark, pid) : PRESENCE_NONE;
        if (found == PRESENCE_CERTAIN)
            error = processes_add(running, pid);
        *is_any_starting |= found == PRESENCE_STARTING;
    }
    closedir(entries);
    if (running->count > 1)
        qsort(running->list, running->count, sizeof *running->list, by_pid);
    return error;
}

/* Returns whether there can be any: a process with a trace still exists, or it has forked, or a
 * trace is mapped. */
static bool may_be_any(const struct session *session, const char *mark)
{
    struct session_traces traces;
    struct mappings mapped;
    bool is_found = false;
    if (session_traces(session, &traces) != 0)
        return true;
    for (size_t i = 0; i < traces.count && !is_found; i++)
        is_found = traces.list[i].has_forked ||
                   presence_of(mark, traces.list[i].pid) != PRESENCE_NONE;
    session_traces_finish(&traces);
    return is_found || mappings_look(&mapped, session) != 0 || mapped.is_any;
}

/* If no process is there but one is executing a program, waits for it, but not for long, because it
 * may ignore LD_PRELOAD. */
static int look_until_started(
    struct processes *found, const struct session *session, const char *mark)
{
    const struct timespec pause = {.tv_nsec = START_PAUSE_MS * 1000000};
    bool is_any_starting;
    int error = look_at_all(found, session, mark, &is_any_starting);
    for (int tries = 0; tries < START_TRIES && error == 0; tries++) {
        if (found->count > 0 || !is_any_starting)
            break;
        nanosleep(&pause, NULL);
        error = look_at_all(found, session, mark, &is_any_starting);
    }
    return error;
}

/* A process that goes on in its child all the time may be missing from the list: making the list
 * takes a while, and the child may have a pid that was already examined. But at each moment such a
 * process has a trace mapped, or is executing a program. So there is none if no trace is mapped
 * before and after the list is made and none was added: a process that is executing a program from
 * before the list until after it keeps its pid, so it is on the list. */
static int look(struct processes *found, const struct session *session, const char *mark)
{
    struct mappings before, after;
    for (int tries = 0; tries < LOOK_TRIES; tries++) {
        int error = mappings_look(&before, session);
        if (error == 0)
            error = look_until_started(found, session, mark);
        if (error != 0 || found->count > 0)
            return error;
        error = mappings_look(&after, session);
        if (error != 0 || (!before.is_any && !after.is_any && before.names == after.names))
            return error;
    }
    found->has_unnamed = true;
    return 0;
}

int processes_list(struct processes *running, const struct session *session)
{
    struct processes found = {0};
    int error = 0;
    char *mark = presence_mark(session);
    if (mark == NULL)
        return -ENOMEM;
    if (may_be_any(session, mark))
        error = look(&found, session, mark);
    free(mark);
    if (error == 0)
        *running = found;
    else
        processes_finish(&found);
    return error;
}

int processes_settle(struct processes *running, const struct session *session, struct ends *ends)
{
    const struct timespec pause = {.tv_nsec = PAUSE_MS * 1000000};
    uint64_t until = now_ns() + SETTLE_NS; /* a look can take as long */
    int error = processes_list(running, session);
    while (error == 0 && processes_is_any(running) && now_ns() < until) {
        nanosleep(&pause, NULL);
        ends_look(ends);
        processes_finish(running);
        error = processes_list(running, session);
    }
    return error;
}

/* ---- waiting for them ---- */

/* Of a time in milliseconds, -1: without a limit, that which does not go beyond due_ns. */
static int limit(int timeout, uint64_t due_ns)
{
    uint64_t now = now_ns();
    if (due_ns == 0)
        return timeout;
    uint64_t left = due_ns > now ? (due_ns - now) / 1000000 + 1 : 0;
    return timeout >= 0 && (uint64_t)timeout < left ? timeout
           : left < INT_MAX                         ? (int)left
                                                    : INT_MAX;
}

/* Waits until one of them ends, a signal arrives, or the time is up; if none has a name, for a
 * limited time. Returns the signal, or 0. */
static int wait_for_one(const struct processes *running, int signals, uint64_t due_ns)
{
    struct pollfd *polled = calloc(running->count + 1, sizeof *polled);
    struct signalfd_siginfo info = {0};
    int timeout = running->count > 0 ? -1 : UNNAMED_MS;
    if (polled == NULL)
        return -ENOMEM;
    polled[0] = (struct pollfd){signals, POLLIN, 0};
    for (size_t i = 0; i < running->count; i++) {
        int process = (int)syscall(SYS_pidfd_open, running->list[i].pid, 0);
        polled[i + 1] = (struct pollfd){process, POLLIN, 0}; /* poll(2) ignores -1 */
        if (process < 0)
            timeout = POLL_MS; /* the process is gone, there are too many, or the kernel is old */
    }
    bool is_signal = poll(polled, running->count + 1, limit(timeout, due_ns)) > 0 &&
                     polled[0].revents != 0 && read(signals, &info, sizeof info) == sizeof info;
    for (size_t i = 0; i < running->count; i++)
        if (polled[i + 1].fd >= 0)
            close(polled[i + 1].fd);
    free(polled);
    return is_signal ? (int)info.ssi_signo : 0;
}

static int open_signals(void)
{
    static const int ending[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
    sigset_t set;
    sigemptyset(&set);
    for (size_t i = 0; i < sizeof ending / sizeof *ending; i++)
        sigaddset(&set, ending[i]);
    int signals = signalfd(-1, &set, SFD_CLOEXEC);
    return signals < 0 ? -errno : signals;
}

/* The list is not a snapshot of one moment: a process that has not been examined may be forked by
 * one that has been and then ends. So an empty list is believed after several tries. */
int processes_wait(const struct session *session, struct ends *ends, uint64_t due_ns)
{
    const struct timespec pause = {.tv_nsec = PAUSE_MS * 1000000};
    int signals = open_signals(), result = 0;
    if (signals < 0)
        return signals;
    for (int empty = 0; result == 0 && empty < SETTLE_TRIES;) {
        struct processes running = {0};
        result = processes_list(&running, session);
        empty = processes_is_any(&running) ? 0 : empty + 1;
        if (result == 0 && processes_is_any(&running))
            result = wait_for_one(&running, signals, due_ns);
        else
            nanosleep(&pause, NULL);
        ends_look(ends);
        if (result == 0 && empty == 0 && due_ns > 0 && now_ns() >= due_ns)
            result = -ETIME;
        processes_finish(&running);
    }
    close(signals);
    return result;
}

bool processes_has(const struct processes *running, int pid)
{
    for (size_t i = 0; i < running->count; i++)
        if (running->list[i].pid == pid)
            return true;
    return false;
}

void processes_finish(struct processes *running)
{
    free(running->list);
    *running = (struct processes){0};
}
