/*
 * leaf_check.h - whether the leaves that were named on the command line exist, and were hit.
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

/* A pattern that matches more functions than this is treated as a mistake. */
#define LEAF_CHECK_MANY 1000

/* Checks them before the run, when the program's files have their plans, and while there is one
 * thread. Returns 0; or -errno with *problem, one line (malloc'ed), if a leaf certainly does not
 * exist or cannot be hooked, or a pattern matches too much. If a library that is loaded later or
 * another executed program may have the function, calls `warn` with a line that says so. */
int leaf_check_before(const struct plans *plans, const struct leaves *leaves,
    const struct program *program, bool yes_many, leaf_check_warn *warn, char **problem);

/* The same for a root that is no leaf. The root may be inlined. */
int leaf_check_root(
    const struct program *program, const char *root, leaf_check_warn *warn, char **problem);

/* A leaf that was named on the command line but not hit. */
struct leaf_unhit {
    const char *name;   /* as the user wrote it */
    size_t functions;   /* how many functions it names in the files that were loaded */
    bool has_spec;      /* as in struct leaf: it can name several functions */
    bool may_be_missed; /* it names none, but libraries were loaded that could not be hooked */
    const char *why;    /* why none of them can be hooked; NULL: one can be, or there is none */
    bool is_refused;    /* they cannot be hooked in any way, not only at their entry */
};

/* After the run: calls `take` for each such leaf that no process has hit. */
void leaf_check_after(const struct plans *plans, const struct leaves *leaves,
    struct snapshot *const *snapshots, size_t snapshot_count,
    void (*take)(void *argument, const struct leaf_unhit *unhit), void *argument);

#endif
