/*
 * own_file.c - small files of this user's: read whole, and copied.
 */
#include "own_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#define SIZE_LIMIT (16 << 20)

static int read_open(int fd, char **bytes, size_t *size)
{
    struct stat status;
    if (fstat(fd, &status) != 0)
        return -errno;
    if (!S_ISREG(status.st_mode) || status.st_uid != geteuid() || status.st_size > SIZE_LIMIT)
        return -EBADMSG;
    char *all = malloc((size_t)status.st_size + 1);
    if (all == NULL)
        return -ENOMEM;
    ssize_t got = read(fd, all, (size_t)status.st_size);
    if (got < 0) {
        int error = -errno;
        free(all);
        return error;
    }
    all[got] = '\0';
    *bytes = all;
    *size = (size_t)got;
    return 0;
}

int own_file_read(const char *path, char **bytes, size_t *size)
{
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    int error = read_open(fd, bytes, size);
    close(fd);
    return error;
}

static int copy_open(int from, int to, mode_t mode)
{
    ssize_t done;
    while ((done = sendfile(to, from, NULL, 1 << 20)) > 0)
        continue;
    return done == 0 && fchmod(to, mode) == 0 ? 0 : -errno;
}

int own_file_copy(int from, const char *to, mode_t mode)
{
    int out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (out < 0)
        return -errno;
    int error = copy_open(from, out, mode);
    if (close(out) != 0 && error == 0)
        error = -errno;
    if (error)
        unlink(to);
    return error;
}
