/*
 * cache.c - plans and interposers from earlier runs.
 *
 * A plan has two files: "<key>-<file>.plan", to which the session's name is a link, and
 * "<key>-<file>.list", the functions that were found. An interposer also has two:
 * "<key>-<files>.so", which is copied, and "<key>-<files>.sum". The names change with everything on
 * which the contents depend, so a file is never out of date, and is never written after it has got
 * its name.
 */
#include "plan/cache.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cache_directory.h"
#include "base/hash.h"
#include "base/own_file.h"
#include "hook_plan.h"
#include "leaves/fibers.h"
#include "leaves/leaves.h"
#include "session_names.h"

#define FILES_MAX 2000 /* a cache with more files is emptied */

/* Longer paths disable the cache. Buffers of PATH_MAX bytes would each take a page of stack, which
 * costs a page fault while a program waits to start. */
#define PLACE_SIZE 512

static uint64_t hash_file(uint64_t hash, const struct stat *status)
{
    const uint64_t facts[] = {status->st_dev, status->st_ino, (uint64_t)status->st_size,
        (uint64_t)status->st_mtim.tv_sec, (uint64_t)status->st_mtim.tv_nsec,
        (uint64_t)status->st_ctim.tv_sec, (uint64_t)status->st_ctim.tv_nsec};
    return hash_bytes(hash, facts, sizeof facts);
}

uint64_t plan_cache_identity(const struct stat *status)
{
    return hash_file(HASH_BEGIN, status);
}

/* Another planner, even the same version built again, gets another key. */
static uint64_t key_of(const struct leaves *leaves, enum plan_policy policy, const char *planner)
{
    struct stat program;
    uint64_t hash = hash_bytes(HASH_BEGIN, &policy, sizeof policy);
    if (stat(planner, &program) == 0)
        hash = hash_file(hash, &program);
    for (size_t i = 0; i < leaves->count; i++) {
        const struct leaf *leaf = &leaves->list[i];
        hash = hash_text(hash_text(hash, leaf->symbol), leaf->shown);
        hash = hash_bytes(hash, &leaf->hook_flags, sizeof leaf->hook_flags);
        hash = hash_bytes(hash, &leaf->is_c_library, sizeof leaf->is_c_library);
        hash = hash_bytes(hash, &leaf->is_asked_for, sizeof leaf->is_asked_for);
    }
    return hash;
}

/* Those of fibers are looked for in the file itself only. */
static bool has_specs(const struct leaves *leaves)
{
    for (size_t i = 0; i < leaves->count; i++)
        if (leaves->list[i].spec && !fibers_has(leaves->list[i].hook_flags))
            return true;
    return false;
}

void plan_cache_open(struct plan_cache *cache, const struct leaves *leaves, enum plan_policy policy,
    const char *planner)
{
    *cache = (struct plan_cache){.has_plans = policy != PLAN_LINKER_ONLY};
    if (has_specs(leaves))
        return;
    cache->directory = cache_directory_find();
    cache->key = key_of(leaves, policy, planner);
}

void plan_cache_close(struct plan_cache *cache)
{
    free(cache->directory);
}

/* Writes the name under which something is kept. Returns false if it is too long. */
static bool write_kept(
    char path[PLACE_SIZE], const struct plan_cache *cache, uint64_t of, const char *suffix)
{
    return snprintf(path, PLACE_SIZE, "%s/%016lx-%016lx%s", cache->directory, cache->key, of,
               suffix) < PLACE_SIZE;
}

/* The names of a file's plan or list in the cache and in the session. */
struct paths {
    char kept[PLACE_SIZE], session[PLACE_SIZE];
};

static bool write_paths(struct paths *paths, const struct plan_cache *cache,
    const struct plan_file *file, const char *session, const char *suffix)
{
    char name[PLAN_NAME_SIZE];
    plan_file_name(name, &(struct hook_plan_request){.dev = file->dev, .ino = file->ino}, suffix);
    return write_kept(paths->kept, cache, file->identity, suffix) &&
           snprintf(paths->session, PLACE_SIZE, "%s/%s", session, name) < PLACE_SIZE;
}

static bool plan_cache_copy(const char *path, const char *to, mode_t mode)
{
    int from = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (from < 0)
        return false;
    bool is_copied = own_file_copy(from, to, mode) == 0;
    close(from);
    return is_copied;
}

/* ---- reading ---- */

/* A damaged plan would hook nothing, or cause worse. */
static bool link_plan(const struct paths *plan, uint64_t wanted)
{
    uint64_t sum;
    return own_file_sum(plan->kept, &sum) == 0 && sum == wanted &&
           symlink(plan->kept, plan->session) == 0;
}

bool plan_cache_load(const struct plan_cache *cache, struct plan_file *file, const char *session)
{
    struct paths list, plan;
    if (cache->directory == NULL || !write_paths(&list, cache, file, session, PLAN_LIST_SUFFIX) ||
        !write_paths(&plan, cache, file, session, SESSION_PLAN_SUFFIX))
        return false;
    if (plan_file_load(file, list.kept) != 0)
        return false;
    if (!cache->has_plans || link_plan(&plan, file->plan_sum))
        return true;
    plan_file_clear(file);
    return false;
}

/* ---- writing ---- */

static bool write_unfinished(char path[PLACE_SIZE], const struct plan_cache *cache)
{
    return snprintf(path, PLACE_SIZE, "%s/%d.new", cache->directory, getpid()) < PLACE_SIZE;
}

/* A file with the name `to` is always complete. */
static bool copy_file(const char *from, const char *unfinished, const char *to)
{
    return plan_cache_copy(from, unfinished, 0600) && own_file_complete(unfinished, to, 0) == 0;
}

/* Removes all files if there are too many. */
static void keep_small(const char *directory)
{
    size_t count = 0;
    DIR *entries = opendir(directory);
    if (entries == NULL)
        return;
    while (readdir(entries))
        count++;
    rewinddir(entries);
    for (struct dirent *entry; count > FILES_MAX && (entry = readdir(entries)) != NULL;)
        unlinkat(dirfd(entries), entry->d_name, 0); /* fails for "." and ".." */
    closedir(entries);
}

/* Writes the list last: it tells that the plan is complete. */
void plan_cache_store(
    const struct plan_cache *cache, const struct plan_file *file, const char *session)
{
    char unfinished[PLACE_SIZE];
    struct paths list, plan;
    if (cache->directory == NULL || !write_paths(&list, cache, file, session, PLAN_LIST_SUFFIX) ||
        !write_paths(&plan, cache, file, session, SESSION_PLAN_SUFFIX) ||
        !write_unfinished(unfinished, cache))
        return;
    keep_small(cache->directory);
    if (!cache->has_plans || copy_file(plan.session, unfinished, plan.kept))
        copy_file(list.session, unfinished, list.kept);
}

/* ---- the interposer ---- */

#define OBJECT_SUFFIX ".so"
#define SUM_SUFFIX    ".sum"
#define SUM_MAGIC     UINT64_C(0x6d75732d6373) /* "sc-sum" */

/* The contents of the file beside the object. */
struct object_sum {
    uint64_t magic, sum;
};

struct object_paths {
    char object[PLACE_SIZE], sum[PLACE_SIZE];
};

/* The key includes this tool, as key_of includes the planner. The program itself is not
 * interposed. */
static bool write_object_paths(struct object_paths *paths, const struct plan_cache *cache,
    struct plan_file *const *files, size_t count)
{
    struct stat self;
    if (cache->directory == NULL || stat("/proc/self/exe", &self) != 0)
        return false;
    uint64_t hash = hash_file(HASH_BEGIN, &self);
    for (size_t i = 0; i < count; i++)
        if (!files[i]->is_program)
            hash = hash_bytes(hash, &files[i]->identity, sizeof files[i]->identity);
    return write_kept(paths->object, cache, hash, OBJECT_SUFFIX) &&
           write_kept(paths->sum, cache, hash, SUM_SUFFIX);
}

static bool read_sum(const char *path, uint64_t *sum)
{
    struct object_sum *wanted = NULL;
    size_t size = 0;
    if (own_file_read(path, (char **)&wanted, &size) != 0)
        return false;
    bool is_sound = size == sizeof *wanted && wanted->magic == SUM_MAGIC;
    *sum = is_sound ? wanted->sum : 0;
    free(wanted);
    return is_sound;
}

bool plan_cache_load_interposer(
    const struct plan_cache *cache, struct plan_file *const *files, size_t count, const char *path)
{
    struct object_paths kept;
    uint64_t wanted, sum;
    if (!write_object_paths(&kept, cache, files, count) || !read_sum(kept.sum, &wanted) ||
        own_file_sum_and_copy(kept.object, path, 0555, &sum) != 0)
        return false;
    if (sum == wanted)
        return true;
    unlink(path);
    return false;
}

/* Writes the sum last: it tells that the object is complete. */
void plan_cache_store_interposer(
    const struct plan_cache *cache, struct plan_file *const *files, size_t count, const char *path)
{
    struct object_paths kept;
    struct object_sum sum = {.magic = SUM_MAGIC};
    char unfinished[PLACE_SIZE];
    if (!write_object_paths(&kept, cache, files, count) || !write_unfinished(unfinished, cache) ||
        own_file_sum(path, &sum.sum) != 0)
        return;
    keep_small(cache->directory);
    if (!copy_file(path, unfinished, kept.object))
        return;
    int fd = open(unfinished, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return;
    bool is_whole = write(fd, &sum, sizeof sum) == sizeof sum;
    if (close(fd) == 0 && is_whole)
        own_file_complete(unfinished, kept.sum, 0);
    else
        unlink(unfinished);
}
