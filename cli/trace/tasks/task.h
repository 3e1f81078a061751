/*
 * task.h - tasks of asynchronous runtimes: what each was doing when the snapshot was taken.
 */
#ifndef TRACE_TASKS_TASK_H
#define TRACE_TASKS_TASK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "trace_format.h"

/* Copies of the records, each as it was at one moment. A zeroed object is empty. */
struct task_records {
    struct trace_task *list; /* malloc'ed */
    size_t count, room;
    uint64_t malformed; /* tables that were left out because they were inconsistent */
};

enum task_state {
    TASK_RUNNING,
    TASK_READY,    /* it was woken, and waits for a turn */
    TASK_WAITING,  /* it waits at its places */
    TASK_NO_WAKER, /* nobody has a waker of it: it will never run again */
    TASK_FINISHED,
    /* Its latest turn has taken no waker, and wakers of its runtime's tasks are not counted: it is
     * finished, or waits where it did, or has no waker. */
    TASK_UNKNOWN,
    TASK_RUNS_OTHERS,   /* other tasks had turns within its turn: it is a worker of the runtime */
    TASK_ENDED_OR_LOST, /* nobody has a waker of it, and ends are not seen: it is finished, or will
                         * never run again */
    TASK_STATES
};

struct snapshot_task {
    uint64_t key;
    uint64_t turns;             /* at least 1; with the one in which it is */
    uint64_t born_ns, since_ns; /* CLOCK_MONOTONIC: its first turn; the begin or end of its latest
                                 * turn, or its end. 0: not known */
    uint32_t thread;            /* of its latest turn: index in threads[], or UINT32_MAX */
    bool has_word;              /* see trace/tasks/word.h; not saved */
    uint8_t state;              /* enum task_state */
    uint8_t fresh, place_count; /* the first `fresh` places are of the latest turn */
    uint32_t places[TRACE_TASK_NODES]; /* indexes in nodes[], of the frames that have taken a waker,
                                        * the newest first, each once */
};

#endif
