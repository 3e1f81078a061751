/*
 * open_file.h - what the kernel says about an open file.
 *
 * By system calls that neither open a descriptor nor wait: a file on a server that does not answer
 * is not asked for. readlink(2) of /proc/thread-self/fd/N gives the path that the kernel knows
 * (proc(5)), and statx(2) with AT_STATX_DONT_SYNC what it knows of the file.
 */
#ifndef OPEN_FILE_H
#define OPEN_FILE_H

#include <stdbool.h>

struct object_memory;

/* Writes the object of the descriptor into memory->draft; if the kernel may not be asked, or knows
 * nothing, TRACE_OBJECT_DESCRIPTOR; of a file TRACE_OBJECT_REST if there is no room for another
 * one: the path takes most of the time. Returns whether it stays the same until the descriptor is
 * closed: a socket may yet be connected. */
bool open_file_describe(struct object_memory *memory, int number, bool may_ask);

#endif
