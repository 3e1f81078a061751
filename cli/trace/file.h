/*
 * file.h - reads a trace file, which its process may be writing.
 */
#ifndef TRACE_FILE_H
#define TRACE_FILE_H

#include <stddef.h>

struct snapshot;

/* Reads the trace file at `path`. Returns 0 and a snapshot in *out, to be freed
 * with snapshot_destroy, or -errno, and *out untouched: -EPROTO where it is not a
 * trace file, -EAGAIN where its writer has not (or never) finished its header, -ENODATA where it
 * is empty, as its writer leaves it that could not go on;
 * *why is then one phrase that says what is wrong (static storage). */
int snapshot_read(const char *path, struct snapshot **out, const char **why);

/* The same from bytes in memory, for tests: `bytes` need not outlive the call. */
int snapshot_parse(const void *bytes, size_t size, struct snapshot **out, const char **why);

#endif
