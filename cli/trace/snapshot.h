/*
 * snapshot.h - the checked contents of a trace file.
 *
 * A snapshot is a private copy of what was published in the file at one moment. The program may be
 * running, dead, or hostile: every index and length has been checked, and an inconsistent record is
 * omitted and counted.
 */
#ifndef TRACE_SNAPSHOT_H
#define TRACE_SNAPSHOT_H

#include "trace/contents.h"

struct records;
struct trace_header;

/* Makes a snapshot from a header, which has been checked, and the records that records_begin has
 * taken. The nodes of a thread do not stand together yet: see snapshot_group_nodes; and the objects
 * are not settled. Returns 0 and a snapshot in *out, to be freed with snapshot_destroy, or -errno.
 */
int snapshot_make(
    const struct trace_header *header, struct records *records, struct snapshot **out);

/* Makes the objects of each leaf add up: see objects_settle. */
void snapshot_settle_objects(struct snapshot *snapshot);

/* Returns an empty one, whose arrays (malloc'ed) the caller adds; its texts stay the caller's. NULL
 * when out of memory. */
struct snapshot *snapshot_create(void);

void snapshot_destroy(struct snapshot *snapshot);

#endif
