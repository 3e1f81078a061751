/*
 * tree.h - finds or makes the nodes of a path in the trace file.
 *
 * Each thread has a tree of its own (and one more for each level at which a signal handler
 * hits while we work), so that nothing here is shared and nothing needs a lock. Leaves are
 * found by a hash of their whole path, in private memory: whether a path of any length is known
 * takes one look-up. Of the frames only those are in it that do not lie right behind their
 * caller's record, as most do: the nodes of a new path are made in one go.
 */
#ifndef TREE_H
#define TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "trace/path_table.h"
#include "trace_format.h"

struct segment;

/* What makes a path longer: the same kind, module and address make it the same one. */
struct tree_step {
    union {
        trace_index module;    /* of a frame */
        trace_index leaf_name; /* of a leaf */
    };
    enum trace_kind kind;
    union {
        uint64_t address; /* of a frame */
        uint64_t jumper;  /* of a leaf, with trace_node.elsewhere, which is 0 at first */
    };
};

struct tree {
    struct segment *segment;
    trace_index thread; /* the THREAD record of its nodes */
    uint32_t count;     /* of nodes */
    uint32_t hashed;    /* of these, so many are in the hash */
    uint32_t current;   /* the table in use; the other one, if it is there, is being emptied */
    uint32_t moved;     /* so many of its entries have been moved */
    struct path_table tables[2];
};

/* What a step adds to the hash of its path. */
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

/* The leaf's node of a path, or 0. */
trace_index tree_find_leaf(const struct tree *tree, struct tree_path path);

/* The frame's node that continues `caller` (0: the outermost) by `step` to `path`, or 0. */
trace_index tree_find_frame(const struct tree *tree, trace_index caller,
    const struct tree_step *step, struct tree_path path);

/* Makes the node that continues `caller` by `step` to `path`, where there is none, in the record
 * `index`, which was claimed for it. Returns false when there is no memory. Async-signal-safe; a
 * handler that jumps away in the middle loses at most one record. */
bool tree_make(struct tree *tree, trace_index index, struct tree_path path, trace_index caller,
    const struct tree_step *step, uint64_t flags);

/* Makes room in the hash for `count` more nodes. */
void tree_reserve(struct tree *tree, uint32_t count);

/* Gives the memory of the hash back. */
void tree_finish(struct tree *tree);

#endif
