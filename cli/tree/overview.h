/*
 * overview.h - the processes of a run as a tree: who started whom, and how long they ran.
 */
#ifndef TREE_OVERVIEW_H
#define TREE_OVERVIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tree_process;

/* Processes of one kind that were started by the same process, or by processes that are one
 * group themselves. What a process executes later belongs to the same process. */
struct overview_group {
    char *kind;                   /* malloc'ed */
    const char *command;          /* the command line of the one that ran longest; the caller's */
    bool has_own_command;         /* it differs from that of the processes above */
    const char *title;            /* that the first has given itself; the caller's, or "" */
    bool has_role;                /* the kind is not just the program */
    size_t parent;                /* index of a group before it, or OVERVIEW_NONE */
    size_t count;                 /* of processes */
    uint64_t wall_ns, longest_ns; /* sum, and the longest one */
    uint64_t cpu_ns, waiting_ns;  /* sums */
    uint64_t hits;
    size_t running, failed, unknown; /* still running; ended by a signal or with a status that is
                                      * not 0; how it ended is not known */
    int status;                      /* of the first that has failed, as from wait(2) */
};

#define OVERVIEW_NONE ((size_t)-1)

/* A process, so that others find their parent. */
struct overview_process {
    int pid;
    size_t group;
};

/* A zeroed object is empty. */
struct overview {
    struct overview_group *groups; /* parents before their children */
    size_t count, room;
    struct overview_process *processes;
    size_t process_count, process_room;
};

/* Adds a process; parents first, and the programs that one process executed in their order. Returns
 * 0 or -ENOMEM. */
int overview_add(struct overview *overview, const struct tree_process *process);
void overview_finish(struct overview *overview);

#endif
