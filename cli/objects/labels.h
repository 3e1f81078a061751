/*
 * labels.h - what a report says of the objects that calls have waited for.
 *
 * A text is made when it is asked for, and lives as long as the labels.
 */
#ifndef OBJECTS_LABELS_H
#define OBJECTS_LABELS_H

#include <stddef.h>
#include <stdint.h>

#include "objects/path.h"
#include "objects/text.h"

struct labels;
struct snapshot_object_calls;

/* The snapshots, the symbols and the texts of the style must outlive the labels. Paths below
 * `directory` become relative to it; it may be NULL. NULL when out of memory. */
struct labels *labels_create(struct snapshot *const *snapshots, size_t count,
    struct symbols *symbols, const struct path_style *style, const char *directory);
void labels_destroy(struct labels *labels);

/* Returns the text of the object of these calls; NULL when out of memory. */
const struct object_text *labels_of(struct labels *labels, const struct snapshot *snapshot,
    const struct snapshot_object_calls *calls);

/* A call in which a thread was when the run ended. */
struct labels_wait {
    const struct snapshot *snapshot;
    uint32_t node; /* its leaf: index in nodes[], or SNAPSHOT_NONE: there is none */
    const struct snapshot_object_calls *calls; /* for what it waits; NULL: that is not known */
    int tid;
    uint64_t since_ns; /* CLOCK_MONOTONIC; 0: not known */
};

/* Returns the wait of a thread of this process, or of another one if this has no such thread. */
struct labels_wait labels_wait_of(struct labels *labels, const struct snapshot *snapshot, int tid);

/* Returns `thread 12 "worker"`, malloc'ed; NULL when out of memory. */
char *labels_thread(const struct labels *labels, const struct snapshot *snapshot, int tid);

/* Returns the path of a leaf, malloc'ed; NULL when out of memory. */
char *labels_path(
    const struct labels *labels, const struct snapshot *snapshot, uint32_t node, bool is_short);

/* Returns who held the lock when the longest call began, or the open one, and where that thread
 * itself waits; and what has let a call go: 'held by thread 12 "worker", itself in main > read of
 * /etc/passwd'. malloc'ed; NULL: nothing is known of that, or out of memory. `is_short`: without
 * paths. */
char *labels_note(struct labels *labels, const struct snapshot *snapshot,
    const struct snapshot_object_calls *calls, bool is_short);

#endif
