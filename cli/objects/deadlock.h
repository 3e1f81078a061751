/*
 * deadlock.h - finds threads that wait for one another.
 */
#ifndef OBJECTS_DEADLOCK_H
#define OBJECTS_DEADLOCK_H

#include <stddef.h>

struct labels;
struct snapshot;

/* The texts are malloc'ed; NULL: out of memory. */
struct deadlock_wait {
    char *thread, *lock, *path;
};

/* A circle of threads: each waits for a lock that the next one held when it began to wait. */
struct deadlock {
    char *process;               /* "server[12]" */
    struct deadlock_wait *waits; /* malloc'ed */
    size_t count;                /* 1: the thread holds the lock itself */
};

struct deadlocks {
    struct deadlock *list; /* malloc'ed */
    size_t count, room;
};

/* Finds all circles. A zeroed object is empty. Returns 0 or -ENOMEM. Free it with deadlocks_finish
 * in any case. */
int deadlocks_find(struct deadlocks *deadlocks, struct labels *labels,
    struct snapshot *const *snapshots, size_t count);
void deadlocks_finish(struct deadlocks *deadlocks);

#endif
