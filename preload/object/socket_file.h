/*
 * socket_file.h - what the kernel says about a socket.
 */
#ifndef SOCKET_FILE_H
#define SOCKET_FILE_H

#include <stdbool.h>
#include <stddef.h>

struct object_memory;
struct object_draft;

/* Writes the object of the socket into memory->draft; memory->status has its inode. Returns whether
 * it stays the same until the descriptor is closed: it is connected, or it listens, or needs no
 * connection. */
bool socket_file_describe(struct object_memory *memory, int number);

/* Writes the object of a socket whose peer is at the address (struct sockaddr), which has `size`
 * bytes. `kind` is SOCK_STREAM, ...; 0: not known. The text of the draft lies in the address. */
void socket_file_peer(struct object_draft *draft, char *address, size_t size, int kind);

#endif
