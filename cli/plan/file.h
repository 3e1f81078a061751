/*
 * file.h - which leaves were found in one file, and how each is hooked.
 *
 * The planner writes this list beside the file's plan (hook_plan.h), and the tool reads it. Both
 * names begin with "<dev>-<ino>".
 */
#ifndef PLAN_FILE_H
#define PLAN_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hook_plan_request;

enum plan_policy {
    PLAN_AUTO, /* at the entry where that is safe, else through the dynamic linker */
    PLAN_ENTRY_ONLY,
    PLAN_LINKER_ONLY, /* no plans are written */
};

/* A function that is a leaf. */
struct plan_function {
    const char *symbol;     /* its linkage name */
    const char *shown;      /* the name under which its hits are shown */
    const char *why;        /* why it cannot be hooked at its entry; NULL: it will be */
    const char *why_jump;   /* why its code requires HOOK_TAIL; NULL: it has no HOOK_TAIL, or has it
                             * because of its name */
    const uint32_t *leaves; /* indices of all leaves that name it, in ascending order */
    uint32_t leaf_count;
    uint32_t leaf;    /* the first of them */
    uint64_t address; /* of its entry, in the file */
    uint32_t flags;   /* see hook_record.h */
    bool is_exported; /* it can be hooked where the dynamic linker binds other files to it */
    bool is_refused;  /* it must not be hooked in any way */
    bool is_ifunc;    /* only the process knows which function it stands for, and asks for that
                       * one */
};

/* What was found in one file. */
struct plan_file {
    char *path;
    uint64_t dev, ino;
    uint64_t identity;          /* of the file's present contents (plan_cache_identity) */
    struct plan_function *list; /* by address */
    size_t count;
    void *storage;     /* what the list points into; owned by this object */
    uint64_t plan_sum; /* checksum of its plan (own_file_sum); 0: no plan was written */
    bool is_program;   /* it is no library: the dynamic linker binds no other file to its
                        * functions */
    bool is_late;      /* a process loaded it later: no stubs were written for it */
};

/* Frees what was found in the file. */
void plan_file_clear(struct plan_file *file);

/* Returns whether the leaf, by its index in the list of leaves, names the function. */
bool plan_function_is_of(const struct plan_function *function, size_t leaf);

enum plan_hook {
    PLAN_AT_ENTRY,
    PLAN_BY_LINKER, /* where the dynamic linker binds other files to it */
    PLAN_NOT_HOOKED,
};

enum plan_hook plan_function_hook(
    const struct plan_file *file, const struct plan_function *function);

/* Returns the leaf that begins at the address (for an IFUNC, the address of its resolver), or
 * NULL. */
const struct plan_function *plan_file_find(const struct plan_file *file, uint64_t address);

/* ---- on disk ---- */

#define PLAN_LIST_SUFFIX ".list"
#define PLAN_NAME_SIZE   64

/* Writes the name, within the session, of the files that this request makes. */
void plan_file_name(
    char name[PLAN_NAME_SIZE], const struct hook_plan_request *request, const char *suffix);

/* Writes the list as directory/name; a file of this name is always complete. Returns 0 or
 * -errno. */
int plan_file_save(const struct plan_file *file, const char *directory, const char *name);

/* Fills in the list of an empty *file from the file at `path`. Does not follow symbolic links.
 * Returns 0 or -errno, -EBADMSG if the contents are inconsistent; then the list is empty. */
int plan_file_load(struct plan_file *file, const char *path);

#endif
