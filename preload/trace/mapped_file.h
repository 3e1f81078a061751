/*
 * mapped_file.h - which file is mapped at an address, as the kernel says.
 *
 * The names of the dynamic linker can be relative, to a directory that is no longer the current
 * one, or be those of another file by now. The kernel knows the file itself, and where it is:
 * /proc/self/maps (proc(5)). To read that takes some 20 us and more in a large process, so it is
 * asked only where it matters.
 */
#ifndef MAPPED_FILE_H
#define MAPPED_FILE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#define MAPPED_PATH_SIZE 4096

/* The longest line: what is before the path, and a path in which each byte is escaped. */
#define MAPPED_LINE_SIZE (100 + 4 * MAPPED_PATH_SIZE)

/* What the maps call a file. Of some file systems stat(2) says other numbers. */
struct mapping {
    uint64_t device, inode;
};

/* The answer, and what is needed to get it: too large for the stack of a hit. */
struct mapped_file {
    struct mapping mapping;
    char path[MAPPED_PATH_SIZE]; /* where it is; as the kernel says, not yet without a mark */
    struct stat status;          /* of the path that was compared last */
    char lines[MAPPED_LINE_SIZE];
};

/* Finds the file that is mapped at `address`. Returns false where there is none, or the kernel
 * cannot be asked. Async-signal-safe, as are the others. */
bool mapped_file_find(struct mapped_file *file, uint64_t address);

/* Whether that path is the path of the file that was found. Then file->status is its status. */
bool mapped_file_is_at(struct mapped_file *file, const char *path);

/* Cuts " (deleted)" off a path as the kernel tells it, unless a file has that very name. Returns
 * its length. */
uint32_t mapped_file_cut_mark(char *path, uint32_t length);

#endif
