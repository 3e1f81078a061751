/*
 * calls.h - the calls of the root, each with a downtrace of its own.
 *
 * Takes a snapshot and symbols and gives one tree for all calls that have the same: in it stands
 * what a single call did, and how long that took on average.
 */
#ifndef TREE_CALLS_H
#define TREE_CALLS_H

#include "tree/tree.h"

struct snapshot;
struct symbols;

struct tree_call {
    struct tree_process *tree; /* hits are those of one call, times the mean of all */
    uint64_t count;            /* of the calls with this tree */
    uint64_t total_ns;         /* of those that have ended */
    uint64_t longest_ns;       /* the longest of these */
    uint64_t jumped;           /* of the calls, so many were left by a jump; no time is known */
    uint64_t entered_ns;       /* CLOCK_MONOTONIC when the first one began */
    size_t thread_count;       /* in which they were made */
    int tid;                   /* the first of these */
    const char *thread_name;   /* its name; "" if it has none */
    uint32_t successors;       /* later threads that may have made them as well */
    bool is_main;              /* it is the main thread */
    bool is_open;              /* one call, which had not ended */
    bool is_incomplete;        /* hits are missing in the tree */
};

struct tree_calls {
    struct tree_call *list; /* in the order in which each tree was first complete; those that had
                             * not ended come last */
    size_t count;
    uint64_t call_count, total_ns;                 /* of all calls, also of the rest */
    uint64_t rest_count, rest_ns, rest_longest_ns; /* of those whose tree was not kept */
    uint64_t outside_hits; /* of the process, in none of the calls; 0 where there is a rest, as it
                            * is not known what that has hit */
};

/* `process` is what tree_create makes of the whole snapshot. Lives until tree_calls_destroy, and
 * points into `snapshot` and `symbols`. NULL when out of memory. */
struct tree_calls *tree_calls_create(const struct snapshot *snapshot,
    const struct tree_process *process, struct symbols *symbols,
    const struct tree_options *options);
void tree_calls_destroy(struct tree_calls *calls);

#endif
