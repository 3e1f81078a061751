/*
 * path_table.h - a hash table from paths to nodes: open addressing with linear probing.
 *
 * The caller keeps it at most half full, so that a look-up finds a free entry. Both functions are
 * async-signal-safe; an entry is free until its node is stored, so a handler that jumps away in the
 * middle of path_table_put leaves nothing half-written.
 */
#ifndef PATH_TABLE_H
#define PATH_TABLE_H

#include <stdint.h>

#include "base/kernel.h"
#include "trace_format.h"

/* A path from the outermost frame, as a hash of 96 bits of all its steps. Two paths with the same
 * hash are treated as one. (Among 16 million different paths the chance that any two have the same
 * is 2^-49.) */
struct tree_path {
    uint64_t low, high; /* only the upper half of `high` is used */
};

struct path_entry {
    uint64_t low;
    uint32_t high;
    trace_index node; /* 0: free */
};

struct path_table {
    struct path_entry *entries; /* NULL: none */
    uint32_t capacity;          /* a power of two */
};

static inline struct path_entry path_entry(struct tree_path path, trace_index node)
{
    return (struct path_entry){path.low, (uint32_t)(path.high >> 32), node};
}

/* The node of a path, or 0. */
static inline trace_index path_table_find(const struct path_table *table, struct tree_path path)
{
    uint32_t mask = table->capacity - 1, high = (uint32_t)(path.high >> 32);
    if (table->entries == NULL)
        return 0;
    for (uint64_t place = path.low & mask;; place = (place + 1) & mask) {
        const struct path_entry *entry = &table->entries[place];
        if (entry->node == 0 || (entry->low == path.low && entry->high == high))
            return entry->node;
    }
}

/* Adds a path that is not in the table. */
static inline void path_table_put(struct path_table *table, struct path_entry added)
{
    uint32_t mask = table->capacity - 1;
    uint64_t place = added.low & mask;
    while (table->entries[place].node)
        place = (place + 1) & mask;
    table->entries[place].low = added.low;
    table->entries[place].high = added.high;
    COMPILER_BARRIER();
    table->entries[place].node = added.node;
}

#endif
