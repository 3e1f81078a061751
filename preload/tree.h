/*
 * tree.h - finds or makes the nodes of a path in the trace file.
 *
 * Each thread has a tree of its own (and one more for each level at which a signal handler
 * hits while we work), so that nothing here is shared and nothing needs a lock. Children are
 * found through a hash in private memory; the file needs no child pointers.
 */
#ifndef TREE_H
#define TREE_H

#include <stddef.h>
#include <stdint.h>

#include "trace_format.h"

struct segment;

struct tree_table {
    uint64_t *entries; /* hash << 32 | node; 0: free */
    uint32_t capacity; /* a power of two */
};

struct tree {
    struct segment *segment;
    trace_index thread; /* the THREAD record of its nodes */
    uint32_t count;     /* of nodes */
    uint32_t current;   /* the table in use; the other one, if it is there, is being emptied */
    uint32_t moved;     /* so many of its entries have been moved */
    struct tree_table tables[2];
};

/* What makes a node one: under `caller`, the same kind, module and address. */
struct tree_key {
    trace_index caller; /* 0: outermost */
    trace_index module; /* of a frame; of a leaf the LEAF_NAME record */
    uint64_t address;   /* of a frame; of a leaf 0 */
    enum trace_kind kind;
};

/* Finds the node or makes it, with `flags` if it is new and a frame. Returns 0 when there is
 * no room, or no memory. Async-signal-safe; a handler that jumps away in the middle loses
 * at most one record. */
trace_index tree_node(struct tree *tree, const struct tree_key *key, uint32_t flags);

/* Makes room in the hash for `count` more nodes. */
void tree_reserve(struct tree *tree, uint32_t count);

/* Gives the memory of the hash back. */
void tree_finish(struct tree *tree);

#endif
