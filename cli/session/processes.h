/*
 * processes.h - which processes of a run are still there.
 *
 * One is known by what it has mapped from the session's directory, which every process has that was
 * hooked, forked children included, until it executes a program that ignores LD_PRELOAD. That there
 * are any the kernel tells (mappings.h); which, the maps in /proc. So those whose maps this user
 * may not read (of another user, or not dumpable: proc(5)), and those that go on in a new child all
 * the time, have no name.
 */
#ifndef SESSION_PROCESSES_H
#define SESSION_PROCESSES_H

#include <stdbool.h>
#include <stddef.h>

struct session;

struct running_process {
    int pid;
    char name[16]; /* as in /proc/PID/comm; may hold anything */
};

struct processes {
    struct running_process *list; /* by pid */
    size_t count;
    bool has_unnamed; /* there are some, but none of those could be found among all processes */
};

static inline bool processes_is_any(const struct processes *running)
{
    return running->count > 0 || running->has_unnamed;
}

/* Those that are there now. Looks at all processes of the machine only where a forked child may
 * have left no trace. When there are none but one that is executing a program, it is waited for
 * until that is traced, 50 ms at most. Returns 0 or -errno. */
int processes_list(struct processes *running, const struct session *session);

/* The same, but goes on for some hundredths of a second while there are any: many a child is only
 * about to exit when its parent has. */
int processes_settle(struct processes *running, const struct session *session);

/* Waits until none is left, or one of SIGINT, SIGTERM, SIGHUP and SIGQUIT comes, which must be
 * blocked and is taken. A process that is forked by another one that is waited for is, too. Returns
 * the signal, 0 when none is left, or -errno. */
int processes_wait(const struct session *session);

bool processes_has(const struct processes *running, int pid);
void processes_finish(struct processes *running);

#endif
