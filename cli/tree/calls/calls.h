/*
 * calls.h - the calls of the root, each with a downtrace of its own.
 *
 * Takes a snapshot and symbols, and makes one tree for all calls that have the same tree: it shows
 * what a single call did, and how long that took on average.
 */
#ifndef TREE_CALLS_H
#define TREE_CALLS_H

#include "tree/tree.h"

struct snapshot;
struct symbols;

struct tree_call {
    struct tree_process *tree; /* hits are those of one call, times are the mean of all */
    uint64_t count;            /* number of calls with this tree */
    uint64_t total_ns;         /* of the calls that have ended */
    uint64_t longest_ns;       /* the longest of these calls */
    uint64_t jumped;           /* number of calls that were left by a jump; their time is not
                                * known */
    uint64_t entered_ns;       /* CLOCK_MONOTONIC when the first one began */
    size_t thread_count;       /* number of threads that made these calls */
    int tid;                   /* the first of these threads */
    const char *thread_name;   /* its name; "" if it has none */
    uint32_t successors;       /* number of later threads that may have made these calls, too */
    bool is_main;              /* it is the main thread */
    bool is_open;              /* one call, which had not ended yet */
    bool is_incomplete;        /* hits are missing in the tree */
};

struct tree_calls {
    struct tree_call *list; /* in the order in which each tree was first complete; trees of calls
                             * that had not ended come last */
    size_t count;
    uint64_t call_count, total_ns;                 /* of all calls, including the rest */
    uint64_t rest_count, rest_ns, rest_longest_ns; /* of the calls whose trees were not kept */
    uint64_t outside_hits; /* hits of the process in none of the calls; 0 if there is a rest, whose
                            * hits are not known */
};

/* `process` is the result of tree_create for the whole snapshot. The object lives until
 * tree_calls_destroy, and points into `snapshot` and `symbols`. NULL when out of memory. */
struct tree_calls *tree_calls_create(const struct snapshot *snapshot,
    const struct tree_process *process, struct symbols *symbols,
    const struct tree_options *options);
void tree_calls_destroy(struct tree_calls *calls);

#endif
