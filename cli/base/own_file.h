/*
 * own_file.h - small files of this user's: read whole, summed, and copied.
 */
#ifndef BASE_OWN_FILE_H
#define BASE_OWN_FILE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* All of a regular file of this user's, malloc'ed and ended by a NUL that *size does not count.
 * Symbolic links are not followed, and nothing is waited for. Returns 0 or -errno, -EBADMSG for
 * what is no such file, or larger than 16 MiB. */
int own_file_read(const char *path, char **bytes, size_t *size);

/* A sum over bytes, to tell whether they are as they were written: disks and crashes damage files.
 * It says nothing about who wrote them. */
uint64_t own_file_sum_bytes(const void *bytes, size_t size);

/* The same over all of a file, which may be what own_file_read takes. Returns 0 or -errno as that
 * does. */
int own_file_sum(const char *path, uint64_t *sum);

/* The same, and copies the file to `to`, as own_file_copy does. */
int own_file_sum_and_copy(const char *path, const char *to, mode_t mode, uint64_t *sum);

/* A file has its name when it is complete: gives it to the one that was written as `unfinished`,
 * or, with an error or where that fails, removes it. Returns `error`, or -errno of its own. */
int own_file_complete(const char *unfinished, const char *path, int error);

/* Copies the open file `from` into a new one, which gets this mode whatever the umask is. Returns 0
 * or -errno, -EEXIST where there is one; what was begun is removed. */
int own_file_copy(int from, const char *to, mode_t mode);

#endif
