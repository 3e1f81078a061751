/*
 * store.c - saves a run under the name that the user has chosen.
 */
#include "saved/store.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/own_file.h"
#include "saved/saved.h"

/* Returns whether the file at this path can be replaced by another one. */
static bool is_replaceable(const char *path)
{
    struct stat status;
    return stat(path, &status) != 0 || S_ISREG(status.st_mode);
}

/* Writes "DIRECTORY/" of the path, "./" if it has none. Returns false if that is too long. */
static bool write_directory(char directory[PATH_MAX], const char *path)
{
    const char *slash = strrchr(path, '/');
    int length = slash ? (int)(slash - path) : 1;
    return snprintf(directory, PATH_MAX, "%.*s/", length, slash ? path : ".") < PATH_MAX;
}

int store_check(const char *path)
{
    struct stat status;
    char directory[PATH_MAX];
    if (stat(path, &status) == 0 && S_ISDIR(status.st_mode))
        return -EISDIR;
    if (!is_replaceable(path))
        return access(path, W_OK) == 0 ? 0 : -errno;
    if (!write_directory(directory, path))
        return -ENAMETOOLONG;
    return access(directory, W_OK | X_OK) == 0 ? 0 : -errno;
}

static int write_and_close(int fd, const struct saved *saved, const struct saved_options *options)
{
    int error = saved_write(fd, saved, options);
    if (close(fd) != 0 && error == 0)
        error = -errno;
    return error;
}

static int replace_file(
    const char *path, const struct saved *saved, const struct saved_options *options)
{
    char unfinished[PATH_MAX + 64], directory[PATH_MAX];
    if (!write_directory(directory, path))
        return -ENAMETOOLONG;
    snprintf(unfinished, sizeof unfinished, "%s.scoped-trace-%d.new", directory, (int)getpid());
    unlink(unfinished); /* of a process that was killed */
    int fd = open(unfinished, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
    if (fd < 0)
        return -errno;
    return own_file_complete(unfinished, path, write_and_close(fd, saved, options));
}

/* A symbolic link stays, and the file that it leads to is replaced. */
int store_saved(const char *path, const struct saved *saved, const struct saved_options *options)
{
    if (is_replaceable(path)) {
        char *real = realpath(path, NULL);
        int error = replace_file(real ? real : path, saved, options);
        free(real);
        return error;
    }
    int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
    return fd < 0 ? -errno : write_and_close(fd, saved, options);
}
