/*
 * peers.h - which traced process is at the other end of a pipe or a connection.
 */
#ifndef OBJECTS_PEERS_H
#define OBJECTS_PEERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct peers;
struct snapshot;
struct snapshot_object;

/* What a call does with a pipe. */
enum direction { DIRECTION_UNKNOWN, DIRECTION_READS, DIRECTION_WRITES, DIRECTIONS };

/* Returns what calls of this leaf do. */
enum direction direction_of(const char *leaf);

/* The snapshots must outlive the peers. NULL when out of memory. */
struct peers *peers_create(struct snapshot *const *snapshots, size_t count);
void peers_destroy(struct peers *peers);

/* Returns the latest snapshot of a process, or NULL: it was not traced. */
const struct snapshot *peers_process(const struct peers *peers, int pid);

/* One or several processes. */
struct peers_found {
    const struct snapshot *first; /* NULL: none is known */
    size_t more;                  /* how many others */
    bool is_one_program;          /* the others have the name of the first */
};

/* Finds the processes at the other end of what `snapshot` uses in this direction: a pipe, or a
 * connection within this machine. The process itself, if it uses both ends of a pipe. */
struct peers_found peers_find(const struct peers *peers, const struct snapshot *snapshot,
    const struct snapshot_object *object, enum direction direction);

#endif
