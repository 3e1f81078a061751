/*
 * threads.h - what the kernel says of the threads of a process, and those that are in no call.
 */
#ifndef COMMANDS_NOW_THREADS_H
#define COMMANDS_NOW_THREADS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "report/now/now.h"

struct snapshot;

/* A thread at one moment. */
struct thread_moment {
    uint64_t ns;     /* CLOCK_MONOTONIC; 0: it was not looked at */
    uint64_t cpu_ns; /* processor time so far */
    uint64_t slices; /* how often it has begun to run; with cpu_ns 0: not known */
    enum now_state state;
};

struct thread {
    int tid;
    char name[16];
    bool is_in_call;
    struct thread_moment first, last;
};

struct threads {
    struct thread *list; /* malloc'ed, by tid */
    size_t count, room;
};

/* Lists the threads of a process. Returns 0, -ESRCH: there is no such process, or -errno. Free it
 * with threads_finish in any case. */
int threads_list(struct threads *threads, int pid);
void threads_finish(struct threads *threads);

/* Marks the threads that are in an open call of the snapshot, and no others. Suspended fibers are
 * in none. */
void threads_mark(struct threads *threads, const struct snapshot *snapshot);

/* Looks at all threads that are in no call. `is_first`: otherwise it is the second time. */
void threads_look(struct threads *threads, int pid, bool is_first);

/* Returns whether the thread exists: it may be newer than the list. */
bool threads_has(const struct threads *threads, int pid, int tid);

/* Sets the name to the one that the thread has now, if it exists. */
void threads_name(int pid, int tid, char name[16]);

/* Threads in no call, put together. A zeroed object is empty. */
struct other_threads {
    struct now_threads *list; /* malloc'ed */
    size_t count, room;
    char **kinds; /* malloc'ed, of malloc'ed ones; list[] points to them */
    size_t kind_count, kind_room;
};

/* Adds the threads of a process of this kind (malloc'ed; taken over) that are in no call: what they
 * do, and what processor time they have taken from the first look until now. `apart`: each for
 * itself. Returns 0 or -ENOMEM. */
int threads_add_others(
    struct other_threads *others, const struct threads *threads, int pid, char *kind, bool apart);
void other_threads_finish(struct other_threads *others);

#endif
