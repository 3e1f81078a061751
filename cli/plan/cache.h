/*
 * cache.h - plans and interposers from earlier runs.
 *
 * What has to be done to hook the usual leaves of a library is the same in every run, and takes
 * milliseconds to find out. So it is kept in $XDG_CACHE_HOME/scoped-trace, or in
 * ~/.cache/scoped-trace, by what identifies the file, the leaves and the planner; and so is the
 * interposer for a set of libraries. A directory that others could write to is not used. Leaves
 * with a spec (names/function_spec.h) are looked for anew each time: what is found depends on debug
 * files, too, which come and go.
 */
#ifndef PLAN_CACHE_H
#define PLAN_CACHE_H

#include <stdbool.h>
#include <stdint.h>

#include "plan/file.h"

struct leaves;
struct stat;

struct plan_cache {
    char *directory; /* NULL: there is none */
    uint64_t key;    /* of the leaves, the policy and the planner */
    bool has_plans;  /* else lists only, with PLAN_LINKER_ONLY */
};

void plan_cache_open(struct plan_cache *cache, const struct leaves *leaves, enum plan_policy policy,
    const char *planner);
void plan_cache_close(struct plan_cache *cache);

/* What changes with a file's contents (plan_file.identity). */
uint64_t plan_cache_identity(const struct stat *status);

/* Fills in file->list from the cache, and links the plan into the session; of the file, dev, ino
 * and identity are known. Returns false, and does nothing, where it is not there. */
bool plan_cache_load(const struct plan_cache *cache, struct plan_file *file, const char *session);

/* Keeps what the planner has written into the session; does nothing where that cannot be done. */
void plan_cache_store(
    const struct plan_cache *cache, const struct plan_file *file, const char *session);

/* The same for the interposer at `path`, of these files in this order. To load writes it anew. */
bool plan_cache_load_interposer(
    const struct plan_cache *cache, struct plan_file *const *files, size_t count, const char *path);
void plan_cache_store_interposer(
    const struct plan_cache *cache, struct plan_file *const *files, size_t count, const char *path);

#endif
