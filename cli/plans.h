/*
 * plans.h - how the leaves of each file are hooked at their entry.
 *
 * A plan (hook_plan.h) is made for each file of the program before it starts, and for every other
 * that a process of the run maps as code, when it asks: by a thread, which serves the session's
 * socket. All is done here, so the processes need no symbols and no decoder.
 */
#ifndef PLANS_H
#define PLANS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct leaves;
struct plans;

/* A function that is a leaf. */
struct plan_function {
    const char *symbol; /* its linkage name */
    const char *shown;  /* under which its hits are shown */
    size_t leaf;        /* index in the leaves; if several name it, the first one */
    size_t *leaves;     /* of all that name it, ascending */
    size_t leaf_count;
    uint32_t flags;   /* see hook_record.h */
    uint64_t address; /* in the file, of its entry */
    const char *why;  /* it cannot be hooked at its entry; NULL: it will be */
    bool is_exported; /* and may be hooked where the dynamic linker binds others to it */
    bool is_ifunc;    /* what it stands for is known to the process only, which asks again */
};

/* What was found in one file. */
struct plan_file {
    char *path;
    uint64_t dev, ino;
    struct plan_function *list; /* by address */
    size_t count;
    bool is_program; /* it is no library: the dynamic linker binds nobody to its functions */
};

/* Forgets what was found in it. */
void plan_file_clear(struct plan_file *file);

enum plan_hook {
    PLAN_AT_ENTRY,
    PLAN_BY_LINKER, /* where the dynamic linker binds other files to it */
    PLAN_NOT_HOOKED,
};

enum plan_hook plan_function_hook(
    const struct plan_file *file, const struct plan_function *function);

enum plan_policy {
    PLAN_AUTO, /* at the entry where that is safe, else by the dynamic linker */
    PLAN_ENTRY_ONLY,
    PLAN_LINKER_ONLY, /* no plans are written */
};

/* Plans will be written into `directory`, which has to outlive them, as have the leaves. Returns 0
 * or -errno. */
int plans_create(struct plans **plans, const char *directory, const struct leaves *leaves,
    enum plan_policy policy);

enum plan_policy plans_policy(const struct plans *plans);

/* Makes the file's plan, if there is none yet; `is_program` as below. Returns 0 or -errno, -ENOEXEC
 * for what is no x86-64 program or library. */
int plans_add(struct plans *plans, const char *path, bool is_program);

/* Begins to answer the processes of the run, if there are plans. Returns 0 or -errno. */
int plans_serve(struct plans *plans);

/* No process is answered any more. What was found stays. */
void plans_stop(struct plans *plans);
void plans_destroy(struct plans *plans);

/* The files that were looked at, in this order. Not while they are served. */
const struct plan_file *plans_file(const struct plans *plans, size_t index); /* NULL: the end */

/* The file with this path, if it was added; NULL if not. */
const struct plan_file *plans_find(const struct plans *plans, const char *path);

/* The leaf that begins at the address; for an IFUNC, at its resolver's. NULL: there is none. */
const struct plan_function *plan_file_find(const struct plan_file *file, uint64_t address);

#endif
