/*
 * tree.h - finds or makes the nodes of a path in the trace file.
 *
 * Each thread has a tree of its own (and one more for each level at which a signal handler hits
 * while our code is interrupted), so nothing here is shared and nothing needs a lock. Leaves are
 * found by a hash of their whole path, in private memory: one look-up shows whether a path of any
 * length is known. Most frames lie right behind their caller's record, because the nodes of a new
 * path are made together; only the other frames are in the hash.
 */
#ifndef TREE_H
#define TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "trace/path_table.h"
#include "trace_format.h"

struct segment;

/* A step, which makes a path longer. Steps with equal kind, module and address are the same. */
struct tree_step {
    union {
        trace_index module;    /* of a frame */
        trace_index leaf_name; /* of a leaf */
    };
    enum trace_kind kind;
    union {
        uint64_t address; /* of a frame */
        uint64_t jumper;  /* of a leaf: trace_node.jumper, and elsewhere, which is 0 at first */
    };
};

struct tree {
    struct segment *segment;
    trace_index thread; /* the THREAD record of its nodes */
    uint32_t count;     /* of nodes */
    uint32_t hashed;    /* how many of them are in the hash */
    uint32_t current;   /* the table in use; the other one, if there is one, is being emptied */
    uint32_t moved;     /* how many of the other one's entries have been moved */
    struct path_table tables[2];
};

/* A step's part of the hash of its path. */
static inline uint64_t tree_word(const struct tree_step *step)
{
    uint64_t word = step->address ^ (uint64_t)step->module << 40;
    return word + step->kind * UINT64_C(0xff51afd7ed558ccd);
}

static inline struct tree_path tree_extend(struct tree_path path, uint64_t word)
{
    uint64_t low = (path.low ^ word) * UINT64_C(0x9e3779b97f4a7c15);
    uint64_t high = (path.high + word) * UINT64_C(0xc2b2ae3d27d4eb4f);
    return (struct tree_path){low ^ low >> 32, high ^ high >> 29};
}

/* The node of the leaf with this path, or 0. */
trace_index tree_find_leaf(const struct tree *tree, struct tree_path path);

/* The node of the frame that continues `caller` (0: the outermost) by `step` to `path`, or 0. */
trace_index tree_find_frame(const struct tree *tree, trace_index caller,
    const struct tree_step *step, struct tree_path path);

/* Makes the node that continues `caller` by `step` to `path`; there must be none yet. It uses the
 * record `index`, which the caller has claimed, for a leaf with those behind it
 * (TRACE_LEAF_RECORDS). Returns false if there is no memory.
 * Async-signal-safe; a handler that jumps away in the middle loses at most one record. */
bool tree_make(struct tree *tree, trace_index index, struct tree_path path, trace_index caller,
    const struct tree_step *step, uint64_t flags);

/* Makes room in the hash for `count` more nodes. */
void tree_reserve(struct tree *tree, uint32_t count);

/* Gives back the memory of the hash. */
void tree_finish(struct tree *tree);

#endif
