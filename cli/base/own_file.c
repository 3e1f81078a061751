/*
 * own_file.c - reads, checksums and copies small files that belong to this user.
 */
#include "base/own_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#define SIZE_LIMIT (16 << 20)
#define CHUNK_SIZE 4096 /* a multiple of the checksum's word size */

/* Returns a descriptor or -errno. */
static int open_own(const char *path, size_t *size)
{
    struct stat status;
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    int error = fstat(fd, &status) != 0 ? -errno : 0;
    if (error == 0 &&
        (!S_ISREG(status.st_mode) || status.st_uid != geteuid() || status.st_size > SIZE_LIMIT))
        error = -EBADMSG;
    if (error != 0) {
        close(fd);
        return error;
    }
    *size = (size_t)status.st_size;
    return fd;
}

int own_file_read(const char *path, char **bytes, size_t *size)
{
    int fd = open_own(path, size);
    if (fd < 0)
        return fd;
    char *all = malloc(*size + 1);
    ssize_t got = all ? read(fd, all, *size) : -1;
    int error = all == NULL ? -ENOMEM : got < 0 ? -errno : 0;
    close(fd);
    if (error != 0) {
        free(all);
        return error;
    }
    all[got] = '\0';
    *bytes = all;
    *size = (size_t)got;
    return 0;
}

/* Takes eight bytes at a time, because a program waits to start while files are summed. */
static uint64_t add_to_sum(uint64_t sum, const char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i += sizeof(uint64_t)) {
        uint64_t word = 0;
        memcpy(&word, bytes + i, size - i < sizeof word ? size - i : sizeof word);
        sum = (sum ^ word) * UINT64_C(0x9e3779b97f4a7c15);
        sum ^= sum >> 32;
    }
    return sum;
}

uint64_t own_file_sum_bytes(const void *bytes, size_t size)
{
    return add_to_sum(size, bytes, size);
}

/* Reads into a part of the stack that is in use anyway. New memory costs a page fault for each 4
 * KiB, which takes longer than to read and sum them. */
static int sum_open(int from, size_t left, int to, uint64_t *sum)
{
    for (*sum = left; left > 0;) {
        char chunk[CHUNK_SIZE];
        size_t size = left < sizeof chunk ? left : sizeof chunk;
        ssize_t got = read(from, chunk, size);
        if (got != (ssize_t)size)
            return got < 0 ? -errno : -EBADMSG;
        ssize_t put = to < 0 ? got : write(to, chunk, size);
        if (put != got)
            return put < 0 ? -errno : -ENOSPC;
        *sum = add_to_sum(*sum, chunk, size);
        left -= size;
    }
    return 0;
}

int own_file_sum(const char *path, uint64_t *sum)
{
    size_t size;
    int fd = open_own(path, &size);
    if (fd < 0)
        return fd;
    int error = sum_open(fd, size, -1, sum);
    close(fd);
    return error;
}

static int create(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    return fd < 0 ? -errno : fd;
}

/* Closes the created file, and removes it after an error. */
static int own_file_finish(int fd, const char *path, int error)
{
    if (close(fd) != 0 && error == 0)
        error = -errno;
    if (error)
        unlink(path);
    return error;
}

int own_file_sum_and_copy(const char *path, const char *to, mode_t mode, uint64_t *sum)
{
    size_t size;
    int fd = open_own(path, &size);
    if (fd < 0)
        return fd;
    int out = create(to);
    int error = out < 0 ? out : sum_open(fd, size, out, sum);
    close(fd);
    if (out < 0)
        return error;
    if (error == 0 && fchmod(out, mode) != 0)
        error = -errno;
    return own_file_finish(out, to, error);
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
    int out = create(to);
    return out < 0 ? out : own_file_finish(out, to, copy_open(from, out, mode));
}

int own_file_write(int fd, const void *bytes, size_t size)
{
    for (size_t done = 0; done < size;) {
        ssize_t written = write(fd, (const char *)bytes + done, size - done);
        if (written < 0 && errno != EINTR)
            return -errno;
        done += written > 0 ? (size_t)written : 0;
    }
    return 0;
}

int own_file_complete(const char *unfinished, const char *path, int error)
{
    if (error == 0 && rename(unfinished, path) != 0)
        error = -errno;
    if (error != 0)
        unlink(unfinished);
    return error;
}
