/*
 * open_file.h - what the kernel says of an open file of another process.
 */
#ifndef DESCRIPTORS_OPEN_FILE_H
#define DESCRIPTORS_OPEN_FILE_H

#include <stdbool.h>
#include <stdint.h>

struct objects;
struct snapshot_object;

/* Describes the open file that a process knows by this number, as the trace does: see enum
 * trace_object_type. A socket is a TRACE_OBJECT_SOCKET with its inode, for sockets_describe. Its
 * text belongs to the objects. Returns false if it has another inode, or nothing can be known. */
bool open_file_describe(
    struct objects *objects, int pid, int number, uint64_t inode, struct snapshot_object *object);

/* Returns whether a reader would see no difference. */
bool open_file_is_same(const struct snapshot_object *a, const struct snapshot_object *b);

#endif
