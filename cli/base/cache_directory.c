/*
 * cache_directory.c - where the tool keeps what later runs can use.
 *
 * HOME may be another user's, as after `sudo` or in a service: then nothing is kept, because that
 * user could not remove what is there.
 */
#include "base/cache_directory.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* In a directory of all users, such as /tmp, each of them may have one of his own. */
static bool may_create_in_parent(const char *path)
{
    char parent[PATH_MAX];
    struct stat status;
    const char *slash = strrchr(path, '/');
    if (slash == NULL || slash - path >= PATH_MAX)
        return false;
    snprintf(parent, sizeof parent, "%.*s/", (int)(slash - path), path);
    return stat(parent, &status) == 0 && (status.st_uid == geteuid() || status.st_mode & S_ISVTX);
}

bool cache_directory_is_own(const char *path)
{
    struct stat status;
    if (lstat(path, &status) != 0) {
        if (errno != ENOENT || !may_create_in_parent(path) || mkdir(path, 0700) != 0 ||
            lstat(path, &status) != 0)
            return false;
    }
    return S_ISDIR(status.st_mode) && status.st_uid == geteuid() &&
           (status.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

char *cache_directory_find(void)
{
    const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    char *parent = NULL, *path = NULL;
    if (cache && cache[0] == '/')
        parent = strdup(cache);
    else if (home && home[0] == '/' && asprintf(&parent, "%s/.cache", home) < 0)
        parent = NULL;
    if (parent && cache_directory_is_own(parent) && asprintf(&path, "%s/scoped-trace", parent) < 0)
        path = NULL;
    free(parent);
    if (path && cache_directory_is_own(path))
        return path;
    free(path);
    return NULL;
}
