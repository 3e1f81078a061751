/*
 * file.h - which leaves were found in one file, and how each is hooked.
 *
 * The planner writes it beside the file's plan (hook_plan.h), the tool reads it. Both names begin
 * with "<dev>-<ino>".
 */
#ifndef PLAN_FILE_H
#define PLAN_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hook_plan_request;

enum plan_policy {
    PLAN_AUTO, /* at the entry where that is safe, else by the dynamic linker */
    PLAN_ENTRY_ONLY,
    PLAN_LINKER_ONLY, /* no plans are written */
};

/* A function that is a leaf. */
struct plan_function {
    const char *symbol;     /* its linkage name */
    const char *shown;      /* under which its hits are shown */
    const char *why;        /* it cannot be hooked at its entry; NULL: it will be */
    const char *why_jump;   /* it has HOOK_TAIL, as its code says; NULL: it has not, or the name */
    const uint32_t *leaves; /* indices of all leaves that name it, ascending */
    uint32_t leaf_count;
    uint32_t leaf;    /* the first of them */
    uint64_t address; /* in the file, of its entry */
    uint32_t flags;   /* see hook_record.h */
    bool is_exported; /* and may be hooked where the dynamic linker binds others to it */
    bool is_refused;  /* it must not be hooked in any way */
    bool is_ifunc;    /* what it stands for is known to the process only, which asks again */
};

/* What was found in one file. */
struct plan_file {
    char *path;
    uint64_t dev, ino;
    uint64_t identity;          /* of what is in it now (plan_cache_identity) */
    struct plan_function *list; /* by address */
    size_t count;
    void *storage;     /* what the list points into, and the file owns */
    uint64_t plan_sum; /* of the plan that belongs to it (own_file_sum); 0: none was written */
    bool is_program;   /* it is no library: the dynamic linker binds nobody to its functions */
    bool is_late;      /* a process has loaded it: no stubs were written for it */
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

/* The leaf that begins at the address; for an IFUNC, at its resolver's. NULL: there is none. */
const struct plan_function *plan_file_find(const struct plan_file *file, uint64_t address);

/* ---- on disk ---- */

#define PLAN_LIST_SUFFIX ".list"
#define PLAN_NAME_SIZE   64

/* The name in the session of what is made upon this request. */
void plan_file_name(
    char name[PLAN_NAME_SIZE], const struct hook_plan_request *request, const char *suffix);

/* Writes what was found as directory/name; it has that name when it is complete. Returns 0 or
 * -errno. */
int plan_file_save(const struct plan_file *file, const char *directory, const char *name);

/* Fills in the list of a file of which nothing is known, from what was written to `path`; symbolic
 * links are not followed. Returns 0 or -errno, -EBADMSG for what does not hold together, and then
 * the list is empty. */
int plan_file_load(struct plan_file *file, const char *path);

#endif
