/*
 * leaf_check.h - whether the leaves that were asked for by name are there, and were hit.
 */
#ifndef PLAN_LEAF_CHECK_H
#define PLAN_LEAF_CHECK_H

#include <stdbool.h>
#include <stddef.h>

struct leaves;
struct plans;
struct program;
struct snapshot;

typedef void leaf_check_warn(const char *line);

/* A pattern that matches more functions is taken for a mistake. */
#define LEAF_CHECK_MANY 1000

/* Before the run, when the plans of the program's files have been made, and while there is one
 * thread. Returns 0; or -errno, and *problem is one line (malloc'ed), when it is clear that a leaf
 * cannot be had, or a pattern matches too much. Where a library that is loaded later, or another
 * program that is executed, may have the function, `warn` gets a line that says so. */
int leaf_check_before(const struct plans *plans, const struct leaves *leaves,
    const struct program *program, bool yes_many, leaf_check_warn *warn, char **problem);

/* The same for a root that is none of the leaves. It may be inlined. */
int leaf_check_root(
    const struct program *program, const char *root, leaf_check_warn *warn, char **problem);

/* A leaf that was asked for by name but not hit. */
struct leaf_unhit {
    const char *name;   /* as it was asked for */
    size_t functions;   /* that it names, of the files that were loaded */
    bool has_spec;      /* as in struct leaf: it can name several */
    bool may_be_missed; /* there is none, but libraries were loaded that could not be hooked */
    const char *why;    /* none of them can be hooked; NULL: one can, or there is none */
    bool is_refused;    /* in any way, not only at its entry */
};

/* After it: calls `take` for each of them that was hit in none of the processes. */
void leaf_check_after(const struct plans *plans, const struct leaves *leaves,
    struct snapshot *const *snapshots, size_t snapshot_count,
    void (*take)(void *argument, const struct leaf_unhit *unhit), void *argument);

#endif
