/*
 * values.h - the calls of the root by the value of an argument (--by).
 *
 * Takes a snapshot and symbols, and makes one tree for all calls with the same value, in whatever
 * thread they were.
 */
#ifndef TREE_CALLS_VALUES_H
#define TREE_CALLS_VALUES_H

#include "tree/tree.h"

struct snapshot;
struct symbols;

#define TREE_VALUE_TEXT 24

struct tree_value {
    struct tree_process *tree; /* hits and times of all calls */
    char text[TREE_VALUE_TEXT];
    bool is_rest;                  /* all values that were not kept; `text` is empty */
    uint64_t count, open;          /* number of calls, and of those that have not ended */
    uint64_t jumped;               /* number of calls that were left by a jump */
    uint64_t total_ns, longest_ns; /* of the other calls that have ended */
    size_t thread_count;           /* number of threads that made these calls */
    bool is_incomplete;            /* hits are missing in the tree */
};

struct tree_values {
    struct tree_value *list; /* the longest in all first; the rest is the last one */
    size_t count;
    size_t kept; /* without the rest */
    uint64_t call_count, total_ns;
    uint64_t outside_hits; /* hits of the process in none of the calls */
};

/* As tree_calls_create, for a snapshot that has values. */
struct tree_values *tree_values_create(const struct snapshot *snapshot,
    const struct tree_process *process, struct symbols *symbols,
    const struct tree_options *options);
void tree_values_destroy(struct tree_values *values);

#endif
