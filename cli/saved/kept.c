/*
 * kept.c - the runs that are kept in the user's cache.
 *
 * Several runs may end at once. A file is written under a name of its own, and then gets the next
 * number that is free, which only one of them can get.
 */
#include "saved/kept.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cache_directory.h"
#include "saved/saved.h"

#define SUFFIX     ".run"
#define UNFINISHED ".new"
#define TRIES      1000

/* The sizes of the others are not looked at for a run that is smaller: it takes a system call for
 * each. */
#define SMALL (UINT64_C(64) << 10)

/* Unfinished files that are older were left by a tool that was killed, in seconds. */
#define UNFINISHED_AGE 3600

static char *find_directory(void)
{
    char *cache = cache_directory_find(), *path = NULL;
    if (cache && asprintf(&path, "%s/runs", cache) < 0)
        path = NULL;
    free(cache);
    if (path && cache_directory_is_own(path))
        return path;
    free(path);
    return NULL;
}

/* Returns the number in "NUMBER.run"; 0: it is no such name. */
static unsigned kept_number_of(const char *name)
{
    char *end;
    if (name[0] < '1' || name[0] > '9')
        return 0;
    unsigned long number = strtoul(name, &end, 10);
    return strcmp(end, SUFFIX) == 0 && number < UINT_MAX ? (unsigned)number : 0;
}

static bool is_unfinished(const char *name)
{
    size_t length = strlen(name);
    return length > strlen(UNFINISHED) &&
           strcmp(name + length - strlen(UNFINISHED), UNFINISHED) == 0;
}

/* ---- the list ---- */

static int by_number(const void *left, const void *right)
{
    const struct kept_run *a = left, *b = right;
    return (a->number < b->number) - (a->number > b->number);
}

static int add_entry(
    struct kept_runs *runs, size_t *room, const char *place, const struct dirent *entry)
{
    struct kept_run run = {.number = kept_number_of(entry->d_name)};
    if (run.number == 0)
        return 0;
    if (asprintf(&run.path, "%s/%s", place, entry->d_name) < 0 ||
        array_reserve(&runs->list, runs->count, 1, room, sizeof run) != 0)
        return -ENOMEM;
    runs->list[runs->count++] = run;
    return 0;
}

static void remove_if_old(int directory, const char *name)
{
    struct stat status;
    if (fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
        status.st_mtime < time(NULL) - UNFINISHED_AGE)
        unlinkat(directory, name, 0);
}

static int list_in(struct kept_runs *runs, const char *place)
{
    size_t room = 0;
    int error = 0;
    DIR *entries = opendir(place);
    if (entries == NULL)
        return 0;
    for (struct dirent *entry; error == 0 && (entry = readdir(entries)) != NULL;) {
        if (is_unfinished(entry->d_name))
            remove_if_old(dirfd(entries), entry->d_name);
        else
            error = add_entry(runs, &room, place, entry);
    }
    closedir(entries);
    if (runs->count > 1)
        qsort(runs->list, runs->count, sizeof *runs->list, by_number);
    return error;
}

static void find_sizes(struct kept_runs *runs)
{
    struct stat status;
    for (size_t i = 0; i < runs->count; i++)
        if (lstat(runs->list[i].path, &status) == 0)
            runs->list[i].size = (uint64_t)status.st_size;
}

int kept_list(struct kept_runs *runs)
{
    *runs = (struct kept_runs){0};
    char *place = find_directory();
    int error = place ? list_in(runs, place) : 0;
    free(place);
    find_sizes(runs);
    if (error != 0)
        kept_list_finish(runs);
    return error;
}

void kept_list_finish(struct kept_runs *runs)
{
    for (size_t i = 0; i < runs->count; i++)
        free(runs->list[i].path);
    free(runs->list);
    *runs = (struct kept_runs){0};
}

/* ---- keeping ---- */

static void remove_oldest(const struct kept_runs *runs, uint64_t total)
{
    for (size_t i = 0; i < runs->count; i++) {
        total += runs->list[i].size;
        if (i + 1 >= KEPT_COUNT_MAX || total > KEPT_TOTAL_MAX - KEPT_COUNT_MAX * SMALL)
            unlink(runs->list[i].path);
    }
}

static bool write_path_of(char path[PATH_MAX], const char *directory, unsigned number)
{
    return snprintf(path, PATH_MAX, "%s/%u" SUFFIX, directory, number) < PATH_MAX;
}

/* Returns whether the file has taken the place of the run that is kept there. */
static bool has_replaced(
    const char *directory, const char *unfinished, const struct kept_place *former)
{
    struct stat status;
    char path[PATH_MAX];
    return former->number > 0 && write_path_of(path, directory, former->number) &&
           lstat(path, &status) == 0 && status.st_ino == former->file &&
           rename(unfinished, path) == 0;
}

/* Gives the file the next number that is free. link(2) and RENAME_NOREPLACE fail if the name was
 * taken meanwhile; not every file system has both. */
static int give_number(const char *place, const char *unfinished, unsigned *number)
{
    char path[PATH_MAX];
    for (int tries = 0; tries < TRIES; tries++, ++*number) {
        if (!write_path_of(path, place, *number))
            return -ENAMETOOLONG;
        if (renameat2(AT_FDCWD, unfinished, AT_FDCWD, path, RENAME_NOREPLACE) == 0)
            return 0;
        if (errno == EINVAL && link(unfinished, path) == 0)
            return unlink(unfinished) == 0 ? 0 : -errno;
        if (errno != EEXIST)
            return -errno;
    }
    return -EEXIST;
}

static int kept_write_unfinished(const char *path, const struct saved *saved, struct stat *status)
{
    const struct saved_options options = {.limit = KEPT_ONE_MAX};
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return -errno;
    int error = saved_write(fd, saved, &options);
    if (error == 0 && fstat(fd, status) != 0)
        error = -errno;
    if (close(fd) != 0 && error == 0)
        error = -errno;
    return error;
}

/* Gives the file a place of its own, and makes room for it. */
static int keep_as_newest(
    const char *directory, const char *unfinished, uint64_t size, unsigned *number)
{
    struct kept_runs runs = {0};
    int error = list_in(&runs, directory);
    *number = runs.count ? runs.list[0].number + 1 : 1;
    if (error == 0)
        error = give_number(directory, unfinished, number);
    if (error == 0 && size >= SMALL)
        find_sizes(&runs);
    if (error == 0)
        remove_oldest(&runs, size);
    kept_list_finish(&runs);
    return error;
}

static int keep_in(const char *directory, const struct saved *saved, struct kept_place *kept)
{
    char unfinished[PATH_MAX];
    struct stat status = {.st_size = 0};
    if (snprintf(unfinished, sizeof unfinished, "%s/%d" UNFINISHED, directory, (int)getpid()) >=
        (int)sizeof unfinished)
        return -ENAMETOOLONG;
    int error = kept_write_unfinished(unfinished, saved, &status);
    if (error == 0 && !has_replaced(directory, unfinished, kept))
        error = keep_as_newest(directory, unfinished, (uint64_t)status.st_size, &kept->number);
    if (error != 0)
        unlink(unfinished);
    kept->file = status.st_ino;
    return error;
}

static bool is_full(int error)
{
    return error == ENOSPC || error == EDQUOT;
}

int kept_add(const struct saved *saved, struct kept_place *place)
{
    errno = 0;
    char *directory = find_directory();
    int error = directory ? keep_in(directory, saved, place) : is_full(errno) ? -errno : -EACCES;
    free(directory);
    if (error != 0)
        *place = (struct kept_place){.number = 0};
    return error;
}
