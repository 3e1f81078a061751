/*
 * plan_cache.c - plans from earlier runs.
 *
 * Each has two files: "<key>-<file>.plan", which the session's name links to, and
 * "<key>-<file>.list", the functions that were found. The names change with everything that the
 * contents depend on, so a file is never out of date, and never written to once it has its name.
 */
#include "plan_cache.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hook_plan.h"
#include "leaves.h"
#include "plan_draft.h"

#define FILES_MAX  2000                       /* a cache that has grown larger is emptied */
#define SIZE_LIMIT (16 << 20)                 /* of a list or a plan */
#define LIST_MAGIC UINT64_C(0x7473696c2d6373) /* "sc-list" */

/* A list: this, then for each function a struct listed, its leaves as 32-bit numbers, and its
 * texts: symbol, shown, and why if it has one, each ended by NUL. */
struct list_header {
    uint64_t magic;
    uint64_t count;
    uint64_t list_sum,
        plan_sum; /* of what follows, and of the plan: disks and crashes damage files */
};

struct listed {
    uint64_t address;
    uint32_t leaf, flags;
    uint8_t is_exported, is_ifunc, has_why, reserved;
    uint32_t leaf_count;
};

/* FNV-1a, http://www.isthe.com/chongo/tech/comp/fnv/ */
static uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t size)
{
    for (const unsigned char *at = bytes; at < (const unsigned char *)bytes + size; at++)
        hash = (hash ^ *at) * UINT64_C(0x100000001b3);
    return hash;
}

static uint64_t hash_text(uint64_t hash, const char *text)
{
    return hash_bytes(hash, text, strlen(text) + 1);
}

static uint64_t hash_file(uint64_t hash, const struct stat *status)
{
    const uint64_t facts[] = {status->st_dev, status->st_ino, (uint64_t)status->st_size,
        (uint64_t)status->st_mtim.tv_sec, (uint64_t)status->st_mtim.tv_nsec,
        (uint64_t)status->st_ctim.tv_sec, (uint64_t)status->st_ctim.tv_nsec};
    return hash_bytes(hash, facts, sizeof facts);
}

/* Tells whether a file is as it was written: eight bytes at a time, as it is read while a program
 * waits. */
static uint64_t sum(const char *bytes, size_t size)
{
    uint64_t sum = size, word;
    for (size_t i = 0; i < size; i += sizeof word) {
        word = 0;
        memcpy(&word, bytes + i, size - i < sizeof word ? size - i : sizeof word);
        sum = (sum ^ word) * UINT64_C(0x9e3779b97f4a7c15);
        sum ^= sum >> 32;
    }
    return sum;
}

#define HASH_BEGIN UINT64_C(0xcbf29ce484222325)

/* Of another tool, be it the same version built anew, nothing is taken. */
static uint64_t key_of(const struct leaves *leaves, enum plan_policy policy)
{
    struct stat tool;
    uint64_t hash = hash_bytes(HASH_BEGIN, &policy, sizeof policy);
    if (stat("/proc/self/exe", &tool) == 0)
        hash = hash_file(hash, &tool);
    for (size_t i = 0; i < leaves->count; i++) {
        const struct leaf *leaf = &leaves->list[i];
        hash = hash_text(hash_text(hash, leaf->symbol), leaf->name);
        hash = hash_bytes(hash, &leaf->hook_flags, sizeof leaf->hook_flags);
    }
    return hash;
}

static bool has_specs(const struct leaves *leaves)
{
    for (size_t i = 0; i < leaves->count; i++)
        if (leaves->list[i].spec)
            return true;
    return false;
}

/* Makes it if it is not there. Returns whether it is this user's alone. */
static bool is_own_directory(const char *path)
{
    struct stat status;
    if (mkdir(path, 0700) != 0 && errno != EEXIST)
        return false;
    return lstat(path, &status) == 0 && S_ISDIR(status.st_mode) && status.st_uid == geteuid() &&
           (status.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

static char *find_directory(void)
{
    const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    char *parent = NULL, *path = NULL;
    if (cache && cache[0] == '/')
        parent = strdup(cache);
    else if (home && home[0] == '/' && asprintf(&parent, "%s/.cache", home) < 0)
        parent = NULL;
    if (parent && is_own_directory(parent) && asprintf(&path, "%s/scoped-trace", parent) < 0)
        path = NULL;
    free(parent);
    if (path && is_own_directory(path))
        return path;
    free(path);
    return NULL;
}

void plan_cache_open(struct plan_cache *cache, const struct leaves *leaves, enum plan_policy policy)
{
    *cache = (struct plan_cache){0};
    if (policy == PLAN_LINKER_ONLY || has_specs(leaves))
        return;
    cache->directory = find_directory();
    cache->key = key_of(leaves, policy);
}

void plan_cache_close(struct plan_cache *cache)
{
    free(cache->directory);
}

static void write_name(
    char name[64], const struct plan_cache *cache, const struct stat *status, const char *suffix)
{
    snprintf(name, 64, "%016lx-%016lx.%s", cache->key, hash_file(HASH_BEGIN, status), suffix);
}

static bool write_path(char path[PATH_MAX], const char *directory, const char *name)
{
    return snprintf(path, PATH_MAX, "%s/%s", directory, name) < PATH_MAX;
}

/* ---- reading ---- */

/* A file of this user's, malloc'ed and ended by NUL; or NULL. */
static char *read_file(const char *path, size_t *size)
{
    struct stat status;
    char *bytes = NULL;
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        return NULL;
    if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_uid == geteuid() &&
        status.st_size <= SIZE_LIMIT)
        bytes = malloc((size_t)status.st_size + 1);
    if (bytes && read(fd, bytes, (size_t)status.st_size) != status.st_size) {
        free(bytes);
        bytes = NULL;
    }
    close(fd);
    if (bytes == NULL)
        return NULL;
    *size = (size_t)status.st_size;
    bytes[*size] = '\0';
    return bytes;
}

/* What is left of a list. */
struct rest {
    const char *at, *end;
};

static bool take(struct rest *rest, void *to, size_t size)
{
    if ((size_t)(rest->end - rest->at) < size)
        return false;
    memcpy(to, rest->at, size);
    rest->at += size;
    return true;
}

static char *take_text(struct rest *rest)
{
    size_t size = strlen(rest->at) + 1; /* there is a NUL behind the end */
    if (size > (size_t)(rest->end - rest->at))
        return NULL;
    char *text = strdup(rest->at);
    rest->at += size;
    return text;
}

static bool take_leaves(struct rest *rest, struct plan_function *function, uint32_t count)
{
    if (count > (size_t)(rest->end - rest->at) / sizeof(uint32_t))
        return false;
    function->leaves = calloc(count + (size_t)1, sizeof *function->leaves);
    if (function->leaves == NULL)
        return false;
    for (uint32_t leaf; function->leaf_count < count && take(rest, &leaf, sizeof leaf);)
        function->leaves[function->leaf_count++] = leaf;
    return true;
}

static bool take_function(struct rest *rest, struct plan_function *function)
{
    struct listed listed;
    if (!take(rest, &listed, sizeof listed))
        return false;
    *function = (struct plan_function){.leaf = listed.leaf,
        .flags = listed.flags,
        .address = listed.address,
        .is_exported = listed.is_exported,
        .is_ifunc = listed.is_ifunc};
    if (!take_leaves(rest, function, listed.leaf_count))
        return false;
    function->symbol = take_text(rest);
    function->shown = function->symbol ? take_text(rest) : NULL;
    if (listed.has_why)
        function->why = function->shown ? take_text(rest) : NULL;
    return function->shown && (function->why || !listed.has_why);
}

static bool take_header(struct rest *rest, struct list_header *header)
{
    return take(rest, header, sizeof *header) && header->magic == LIST_MAGIC &&
           header->count <= SIZE_LIMIT / sizeof(struct listed) &&
           header->list_sum == sum(rest->at, (size_t)(rest->end - rest->at));
}

/* Leaves what was taken of a damaged list to the caller. */
static bool take_list(struct rest *rest, struct plan_file *file, uint64_t count)
{
    file->list = calloc(count + 1, sizeof *file->list);
    for (uint64_t i = 0; file->list && i < count; i++) {
        file->count++;
        if (!take_function(rest, &file->list[i]))
            return false;
    }
    return file->list && rest->at == rest->end;
}

/* A plan that is damaged would hook nothing, or worse. */
static bool is_as_written(const char *plan, uint64_t plan_sum)
{
    size_t size;
    char *bytes = read_file(plan, &size);
    bool is_right = bytes && sum(bytes, size) == plan_sum;
    free(bytes);
    return is_right;
}

static bool link_plan(const char *plan, const char *session, const char *name)
{
    char path[PATH_MAX];
    return write_path(path, session, name) && symlink(plan, path) == 0;
}

bool plan_cache_load(const struct plan_cache *cache, struct plan_file *file,
    const struct stat *status, const char *session, const char *name)
{
    char of_list[64], of_plan[64], list[PATH_MAX], plan[PATH_MAX];
    size_t size;
    if (cache->directory == NULL)
        return false;
    write_name(of_list, cache, status, "list");
    write_name(of_plan, cache, status, "plan");
    if (!write_path(list, cache->directory, of_list) ||
        !write_path(plan, cache->directory, of_plan))
        return false;
    char *bytes = read_file(list, &size);
    if (bytes == NULL)
        return false;
    struct rest rest = {bytes, bytes + size};
    struct list_header header;
    bool is_loaded = take_header(&rest, &header) && take_list(&rest, file, header.count) &&
                     is_as_written(plan, header.plan_sum) && link_plan(plan, session, name);
    free(bytes);
    if (!is_loaded)
        plan_file_clear(file);
    return is_loaded;
}

/* ---- writing ---- */

static void write_functions(FILE *out, const struct plan_file *file)
{
    for (size_t i = 0; i < file->count; i++) {
        const struct plan_function *function = &file->list[i];
        const struct listed listed = {.address = function->address,
            .leaf = (uint32_t)function->leaf,
            .flags = function->flags,
            .is_exported = function->is_exported,
            .is_ifunc = function->is_ifunc,
            .has_why = function->why != NULL,
            .leaf_count = (uint32_t)function->leaf_count};
        fwrite(&listed, sizeof listed, 1, out);
        for (size_t j = 0; j < function->leaf_count; j++)
            fwrite(&(uint32_t){(uint32_t)function->leaves[j]}, sizeof(uint32_t), 1, out);
        fwrite(function->symbol, strlen(function->symbol) + 1, 1, out);
        fwrite(function->shown, strlen(function->shown) + 1, 1, out);
        if (function->why)
            fwrite(function->why, strlen(function->why) + 1, 1, out);
    }
}

static bool write_list(FILE *out, const struct plan_file *file, uint64_t plan_sum)
{
    char *bytes = NULL;
    size_t size = 0;
    FILE *list = open_memstream(&bytes, &size);
    if (list == NULL)
        return false;
    write_functions(list, file);
    bool is_whole = fclose(list) == 0;
    if (is_whole) {
        const struct list_header header = {LIST_MAGIC, file->count, sum(bytes, size), plan_sum};
        fwrite(&header, sizeof header, 1, out);
        fwrite(bytes, size, 1, out);
    }
    free(bytes);
    return is_whole && !ferror(out);
}

static void store_list(const struct plan_cache *cache, const struct plan_file *file,
    const char *name, uint64_t plan_sum)
{
    char path[PATH_MAX], unfinished[PATH_MAX];
    if (!write_path(path, cache->directory, name) ||
        snprintf(unfinished, sizeof unfinished, "%s/%d.new", cache->directory, getpid()) >=
            PATH_MAX)
        return;
    FILE *out = fopen(unfinished, "wxe");
    if (out == NULL)
        return;
    bool is_written = write_list(out, file, plan_sum);
    is_written &= fclose(out) == 0;
    if (!is_written || rename(unfinished, path) != 0)
        unlink(unfinished);
}

/* The list goes last, as it vouches for the plan. */
static void store_list_of(const struct plan_cache *cache, const struct plan_file *file,
    const char *list, const char *plan)
{
    char path[PATH_MAX];
    size_t size;
    char *bytes = write_path(path, cache->directory, plan) ? read_file(path, &size) : NULL;
    if (bytes)
        store_list(cache, file, list, sum(bytes, size));
    free(bytes);
}

/* Removes all when it has become too much. */
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

void plan_cache_store(const struct plan_cache *cache, const struct plan_file *file,
    const struct stat *status, const struct plan_draft *draft)
{
    char plan[64], list[64];
    if (cache->directory == NULL)
        return;
    keep_small(cache->directory);
    write_name(plan, cache, status, "plan");
    write_name(list, cache, status, "list");
    int error = plan_draft_save(draft, cache->directory, plan);
    if (error == 0)
        store_list_of(cache, file, list, plan);
}
