/*
 * mapped_file.h - which file is mapped at an address, according to the kernel.
 *
 * The dynamic linker's names can be relative to a directory that is no longer the current one, or
 * can be the names of other files by now. The kernel knows the file itself and its path:
 * /proc/self/maps (proc(5)). To read that takes about 20 us, more in a large process, so it is read
 * only if necessary.
 */
#ifndef MAPPED_FILE_H
#define MAPPED_FILE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#define MAPPED_PATH_SIZE 4096

/* The longest line: the fields before the path, and a path in which each byte is escaped. */
#define MAPPED_LINE_SIZE (100 + 4 * MAPPED_PATH_SIZE)

/* How /proc/self/maps identifies a file. On some file systems stat(2) gives other numbers. */
struct mapping {
    uint64_t device, inode;
};

/* The result, and memory that is needed to get it: too large for the stack of a hit. */
struct mapped_file {
    struct mapping mapping;
    char path[MAPPED_PATH_SIZE]; /* the kernel's path, perhaps still with the mark " (deleted)" */
    struct stat status;          /* of the path that was compared last */
    char lines[MAPPED_LINE_SIZE];
};

/* Finds the file that is mapped at `address`. Returns false if there is none, or system calls are
 * forbidden or fail. Async-signal-safe, as the others are. */
bool mapped_file_find(struct mapped_file *file, uint64_t address);

/* Whether `path` leads to the file that was found. Then file->status is its status. */
bool mapped_file_is_at(struct mapped_file *file, const char *path);

/* Cuts the kernel's mark " (deleted)" off a path, unless a file has this name. Returns the path's
 * length. */
uint32_t mapped_file_cut_mark(char *path, uint32_t length);

#endif
