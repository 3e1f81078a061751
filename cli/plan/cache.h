/*
 * cache.h - plans and interposers from earlier runs.
 *
 * How to hook the usual leaves of a library is the same in every run and takes milliseconds to find
 * out. So plans are kept in $XDG_CACHE_HOME/scoped-trace, or in ~/.cache/scoped-trace, under a key
 * of the file's identity, the leaves and the planner; so is the interposer for a set of libraries.
 * A directory to which others can write is not used. Leaves with a spec (names/function_spec.h) are
 * searched in each run: the result also depends on debug files, which may be added or removed.
 */
#ifndef PLAN_CACHE_H
#define PLAN_CACHE_H

#include <stdbool.h>
#include <stdint.h>

#include "plan/file.h"

struct leaves;
struct stat;

struct plan_cache {
    char *directory; /* NULL: there is no cache */
    uint64_t key;    /* of the leaves, the policy and the planner */
    bool has_plans;  /* false: it has lists only (PLAN_LINKER_ONLY) */
};

void plan_cache_open(struct plan_cache *cache, const struct leaves *leaves, enum plan_policy policy,
    const char *planner);
void plan_cache_close(struct plan_cache *cache);

/* Returns a value that changes with the file's contents (plan_file.identity). */
uint64_t plan_cache_identity(const struct stat *status);

/* Fills in file->list from the cache, and links the plan into the session. dev, ino and identity of
 * the file must be set. Returns false, and does nothing, if the cache does not have it. */
bool plan_cache_load(const struct plan_cache *cache, struct plan_file *file, const char *session);

/* Copies what the planner has written into the session to the cache; does nothing if that fails. */
void plan_cache_store(
    const struct plan_cache *cache, const struct plan_file *file, const char *session);

/* The same for the interposer at `path`, for these files in this order. Loading it writes a new
 * file. */
bool plan_cache_load_interposer(
    const struct plan_cache *cache, struct plan_file *const *files, size_t count, const char *path);
void plan_cache_store_interposer(
    const struct plan_cache *cache, struct plan_file *const *files, size_t count, const char *path);

#endif
