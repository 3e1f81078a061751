/*
 * sockets.h - addresses of another process's sockets.
 */
#ifndef DESCRIPTORS_SOCKETS_H
#define DESCRIPTORS_SOCKETS_H

#include <stddef.h>

struct objects;
struct snapshot_object;

/* Gives each TRACE_OBJECT_SOCKET of the list, of which the inode is known, its addresses or its
 * path, from the tables of the network namespace of the process. As in the trace, ports of clients
 * that the kernel has chosen are left out. A socket that is in no table is of family AF_UNSPEC.
 * Texts belong to the objects. Returns 0 or -ENOMEM. */
int sockets_describe(struct objects *objects, int pid, struct snapshot_object *list, size_t count);

#endif
