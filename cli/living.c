/*
 * living.c - which processes of a run are still there.
 *
 * Nothing is asked of the processes and nothing held open in them. To wait for them all costs no
 * polling: each is forked by one that was there before, so whoever is found is waited for (pidfd),
 * and when one has ended its children are found by looking again.
 */
#include "living.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "session.h"

#define SETTLE_TRIES 5
#define PAUSE_MS     10
#define POLL_MS      200 /* without pidfd_open(2), Linux 5.3 */

/* "/scoped-trace-XXXXXX/", which is in the maps whatever a mount namespace has before it. */
static char *mark_of(const struct session *session)
{
    const char *base = strrchr(session->place, '/');
    bool has_own_name = strncmp(base, "/" SESSION_PREFIX, strlen("/" SESSION_PREFIX)) == 0;
    char *mark = NULL;
    return asprintf(&mark, "%s/", has_own_name ? base : session->place) < 0 ? NULL : mark;
}

/* Its id may be another process's by now, so it is looked at what it has mapped. */
static bool has_mapped(const char *mark, int pid)
{
    char path[64], *line = NULL;
    size_t size = 0;
    bool is_found = false;
    snprintf(path, sizeof path, "/proc/%d/maps", pid);
    FILE *maps = fopen(path, "re");
    if (maps == NULL)
        return false;
    while (!is_found && getline(&line, &size, maps) > 0)
        is_found = strstr(line, mark) != NULL;
    free(line);
    fclose(maps);
    return is_found;
}

static void read_name(struct living_process *process)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/comm", process->pid);
    FILE *file = fopen(path, "re");
    size_t length = file ? fread(process->name, 1, sizeof process->name - 1, file) : 0;
    process->name[length] = '\0';
    process->name[strcspn(process->name, "\n")] = '\0';
    if (file)
        fclose(file);
}

static int add(struct living *living, int pid)
{
    struct living_process *list = reallocarray(living->list, living->count + 1, sizeof *list);
    if (list == NULL)
        return -ENOMEM;
    living->list = list;
    list[living->count].pid = pid;
    read_name(&list[living->count++]);
    return 0;
}

static int by_pid(const void *left, const void *right)
{
    const struct living_process *a = left, *b = right;
    return (a->pid > b->pid) - (a->pid < b->pid);
}

static int look_at_all(struct living *living, const char *mark)
{
    int error = 0;
    DIR *entries = opendir("/proc");
    if (entries == NULL)
        return -errno;
    for (struct dirent *entry; error == 0 && (entry = readdir(entries)) != NULL;) {
        int pid = isdigit((unsigned char)entry->d_name[0]) ? atoi(entry->d_name) : 0;
        if (pid > 0 && pid != getpid() && has_mapped(mark, pid))
            error = add(living, pid);
    }
    closedir(entries);
    if (living->count > 1)
        qsort(living->list, living->count, sizeof *living->list, by_pid);
    return error;
}

/* Whether there can be any: one that has left a trace is there, or has forked. */
static bool may_be_any(const struct session *session, const char *mark)
{
    struct session_traces traces;
    bool is_found = false;
    if (session_traces(session, &traces) != 0)
        return true;
    for (size_t i = 0; i < traces.count && !is_found; i++)
        is_found = traces.list[i].has_forked || has_mapped(mark, traces.list[i].pid);
    session_traces_finish(&traces);
    return is_found;
}

int living_list(struct living *living, const struct session *session)
{
    struct living found = {0};
    int error = 0;
    char *mark = mark_of(session);
    if (mark == NULL)
        return -ENOMEM;
    if (may_be_any(session, mark))
        error = look_at_all(&found, mark);
    free(mark);
    if (error == 0)
        *living = found;
    else
        living_finish(&found);
    return error;
}

int living_settle(struct living *living, const struct session *session)
{
    const struct timespec pause = {.tv_nsec = PAUSE_MS * 1000000};
    int error = living_list(living, session);
    for (int tries = 0; error == 0 && living->count > 0 && tries < SETTLE_TRIES; tries++) {
        nanosleep(&pause, NULL);
        living_finish(living);
        error = living_list(living, session);
    }
    return error;
}

/* ---- to wait for them ---- */

/* Waits for the end of one of them or a signal. Returns the signal, or 0. */
static int wait_for_one(const struct living *living, int signals)
{
    struct pollfd *polled = calloc(living->count + 1, sizeof *polled);
    struct signalfd_siginfo info = {0};
    int timeout = -1;
    if (polled == NULL)
        return -ENOMEM;
    polled[0] = (struct pollfd){signals, POLLIN, 0};
    for (size_t i = 0; i < living->count; i++) {
        int process = (int)syscall(SYS_pidfd_open, living->list[i].pid, 0);
        polled[i + 1] = (struct pollfd){process, POLLIN, 0}; /* poll(2) passes over -1 */
        if (process < 0)
            timeout = POLL_MS; /* it is gone, or they are too many, or the kernel is old */
    }
    bool is_signal = poll(polled, living->count + 1, timeout) > 0 && polled[0].revents != 0 &&
                     read(signals, &info, sizeof info) == sizeof info;
    for (size_t i = 0; i < living->count; i++)
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

/* The list is no picture of one moment: a process that it has not passed yet may be forked by one
 * that it has passed, and that then ends; and one that is just executing a program has nothing
 * mapped for a moment. So it is believed when it is empty several times. */
int living_wait(const struct session *session)
{
    const struct timespec pause = {.tv_nsec = PAUSE_MS * 1000000};
    int signals = open_signals(), result = 0;
    if (signals < 0)
        return signals;
    for (int empty = 0; result == 0 && empty < SETTLE_TRIES;) {
        struct living living = {0};
        result = living_list(&living, session);
        empty = living.count == 0 ? empty + 1 : 0;
        if (result == 0 && living.count > 0)
            result = wait_for_one(&living, signals);
        else
            nanosleep(&pause, NULL);
        living_finish(&living);
    }
    close(signals);
    return result;
}

bool living_has(const struct living *living, int pid)
{
    for (size_t i = 0; i < living->count; i++)
        if (living->list[i].pid == pid)
            return true;
    return false;
}

void living_finish(struct living *living)
{
    free(living->list);
    *living = (struct living){0};
}
