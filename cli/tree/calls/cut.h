/*
 * cut.h - cuts parts out of a snapshot: a few leaves with the paths that lead to them.
 *
 * For each part: cut_begin, cut_take for each leaf, cut_end, and then cut_count for each.
 */
#ifndef TREE_CALLS_CUT_H
#define TREE_CALLS_CUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "trace/snapshot.h"

struct cut;
struct symbols;
struct tree_options;

struct cut_part {
    struct snapshot snapshot; /* has its own nodes and leaves, and no open calls; all else belongs
                               * to the whole one */
    uint32_t *origins;        /* as in struct tree_origin */
};

/* Returns what is needed to cut one part after another; NULL when out of memory. If the options say
 * that calls are innermost ones, paths begin at the innermost frame of the root. */
struct cut *cut_create(
    const struct snapshot *whole, struct symbols *symbols, const struct tree_options *options);
void cut_destroy(struct cut *cut);

/* Begins a part with at most so many leaves. Returns false when out of memory. */
bool cut_begin(struct cut *cut, size_t leaves);

/* Takes the leaf at nodes[node] of the whole, and its path. */
void cut_take(struct cut *cut, uint32_t node);

/* Makes the part, to be freed with cut_free. Its leaves have counted nothing. Returns false when
 * out of memory. */
bool cut_end(struct cut *cut, struct cut_part *part);
void cut_free(struct cut_part *part);

/* Adds to what the leaf at nodes[node] of the whole has counted in the part, which stands for
 * `times` equal ones. */
void cut_count(
    const struct cut *cut, uint32_t node, uint64_t times, uint64_t hits, uint64_t total_ns);

/* Returns the leaf of the part, and that of the whole. */
struct snapshot_leaf *cut_leaf(const struct cut *cut, uint32_t node);
const struct snapshot_leaf *cut_whole_leaf(const struct cut *cut, uint32_t node);

#endif
