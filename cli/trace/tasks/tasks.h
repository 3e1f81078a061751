/*
 * tasks.h - tasks of asynchronous runtimes: what each was doing when the snapshot was taken.
 */
#ifndef TRACE_TASKS_TASKS_H
#define TRACE_TASKS_TASKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "trace_format.h"

struct clock_rate;
struct snapshot;
struct task_records;

enum task_state {
    TASK_RUNNING,
    TASK_READY,    /* it was woken, and waits for a turn */
    TASK_WAITING,  /* it waits at its places */
    TASK_NO_WAKER, /* nobody has a waker of it: it will never run again */
    TASK_FINISHED,
    /* Its latest turn has taken no waker, and ends of its runtime's tasks, or their wakers, are not
     * seen: it is finished, or waits where it did, or has no waker. */
    TASK_UNKNOWN,
    TASK_STATES
};

struct snapshot_task {
    uint64_t key;
    uint64_t turns;             /* at least 1; with the one in which it is */
    uint64_t born_ns, since_ns; /* CLOCK_MONOTONIC: its first turn; the begin or end of its latest
                                 * turn, or its end. 0: not known */
    uint32_t thread;            /* of its latest turn: index in threads[], or UINT32_MAX */
    uint8_t state;              /* enum task_state */
    uint8_t fresh, place_count; /* the first `fresh` places are of the latest turn */
    uint32_t places[TRACE_TASK_NODES]; /* indexes in nodes[], of the frames that have taken a waker,
                                        * the newest first, each once */
};

/* What the records of tasks point to. */
struct tasks_source {
    /* Returns the caller of the LEAF record, an index in nodes[]; UINT32_MAX: there is none. */
    uint32_t (*caller)(void *argument, trace_index leaf);
    uint32_t (*thread)(void *argument, trace_index thread); /* index in threads[], or UINT32_MAX */
    void *argument;
    const struct clock_rate *rate;
};

/* Adds the tasks to a snapshot whose nodes are complete. Returns 0 or -ENOMEM. */
int tasks_add(struct snapshot *snapshot, const struct task_records *records,
    const struct tasks_source *source);

#endif
