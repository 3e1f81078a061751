/*
 * processes.h - which processes of a run still exist.
 *
 * A process of the run is recognized by a mapping of a file in the session's directory. Every
 * hooked process has one, including forked children, until it executes a program that ignores
 * LD_PRELOAD. The kernel tells that there are such processes (mappings.h); the maps in /proc tell
 * which ones. So there is no name for a process whose maps this user may not read (another user's,
 * or not dumpable: proc(5)), and none for one that goes on in a new child all the time.
 */
#ifndef SESSION_PROCESSES_H
#define SESSION_PROCESSES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ends;
struct session;

struct running_process {
    int pid;
    char name[16]; /* from /proc/PID/comm; may hold any bytes */
};

struct processes {
    struct running_process *list; /* by pid */
    size_t count, room;
    bool has_unnamed; /* some exist, but none of them was found among all processes */
};

static inline bool processes_is_any(const struct processes *running)
{
    return running->count > 0 || running->has_unnamed;
}

/* Lists the processes that exist now. Looks at all processes of the machine only if a forked child
 * may have left no trace. If there are none but one is executing a program, waits until that
 * program is traced, 50 ms at most. Returns 0 or -errno. */
int processes_list(struct processes *running, const struct session *session);

/* The same, but repeats the look for some hundredths of a second while there are any: many children
 * exit shortly after their parents. Looks at `ends` meanwhile, which may be NULL. */
int processes_settle(struct processes *running, const struct session *session, struct ends *ends);

/* Waits until none is left, until SIGINT, SIGTERM, SIGHUP or SIGQUIT arrives, or until `due_ns`
 * (CLOCK_MONOTONIC; 0: without a limit); the signals must be blocked, and the signal is taken. Also
 * waits for processes that are forked meanwhile. Returns the signal, 0 if none is left, -ETIME, or
 * -errno. Looks at `ends` meanwhile, which may be NULL. */
int processes_wait(const struct session *session, struct ends *ends, uint64_t due_ns);

bool processes_has(const struct processes *running, int pid);
void processes_finish(struct processes *running);

#endif
