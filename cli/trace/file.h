/*
 * file.h - reads a trace file, which its process may still be writing.
 */
#ifndef TRACE_FILE_H
#define TRACE_FILE_H

#include <stddef.h>

struct snapshot;

/* Reads the trace file at `path`. Returns 0 and a snapshot in *out, to be freed with
 * snapshot_destroy, or -errno; then *out is unchanged and *why is a phrase with the reason (static
 * string). -EPROTO: it is no trace file. -EAGAIN: its process has not (or never) finished the
 * header. -ENODATA: it is empty, because its process could not go on. */
int snapshot_read(const char *path, struct snapshot **out, const char **why);

/* The same, but reads only what tasks refer to, and calls that have not returned. That is little of
 * a large trace, so it takes a millisecond or so. Counters of leaves, and those of their objects,
 * may be any: snapshot_keep_open sets them. */
int snapshot_read_open(const char *path, struct snapshot **out, const char **why);

/* The same for bytes in memory, for tests; `bytes` need not outlive the call. */
int snapshot_parse(const void *bytes, size_t size, struct snapshot **out, const char **why);
int snapshot_parse_open(const void *bytes, size_t size, struct snapshot **out, const char **why);

#endif
