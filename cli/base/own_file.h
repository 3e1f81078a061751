/*
 * own_file.h - reads, checksums and copies small files that belong to this user.
 */
#ifndef BASE_OWN_FILE_H
#define BASE_OWN_FILE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Reads a whole regular file that belongs to this user. *bytes is malloc'ed and ends in a NUL,
 * which *size does not count. Does not follow a symbolic link at the end of the path, and never
 * blocks. Returns 0 or -errno; -EBADMSG if it is no such file or is larger than 16 MiB. */
int own_file_read(const char *path, char **bytes, size_t *size);

/* Returns a checksum that detects damage by disks and crashes. It does not prove who wrote the
 * bytes. */
uint64_t own_file_sum_bytes(const void *bytes, size_t size);

/* The same for a whole file, under the conditions of own_file_read. Returns 0 or -errno as that
 * does. */
int own_file_sum(const char *path, uint64_t *sum);

/* The same, and copies the file to `to` as own_file_copy does. */
int own_file_sum_and_copy(const char *path, const char *to, mode_t mode, uint64_t *sum);

/* Writes all bytes. Returns 0 or -errno. */
int own_file_write(int fd, const void *bytes, size_t size);

/* Renames the file written as `unfinished` to `path`, so that a file with its final name is always
 * complete. Removes it instead if `error` is not 0 or the rename fails. Returns `error`, or -errno
 * of the rename. */
int own_file_complete(const char *unfinished, const char *path, int error);

/* Copies the open file `from` into a new file with exactly this mode, whatever the umask. Returns 0
 * or -errno, -EEXIST if the file exists; a partial copy is removed. */
int own_file_copy(int from, const char *to, mode_t mode);

#endif
