/*
 * tree.c - finds or makes the nodes of a path in the trace file.
 *
 * The hash is open addressing with linear probing, never more than half full. It grows
 * without stopping the program: when it doubles, the old table stays, and each insertion
 * moves a few of its entries, so that it is empty long before the new one must grow.
 */
#include "tree.h"

#include <stdbool.h>

#include "kernel.h"
#include "segment.h"
#include "forbidden.h"

#define FIRST_CAPACITY 512 /* one page */
#define MOVED_AT_ONCE  8

static uint32_t hash_of(const struct tree_key *key)
{
    uint64_t hash = key->address * UINT64_C(0x9e3779b97f4a7c15);
    hash ^= ((uint64_t)key->module << 32 | key->caller) + key->kind;
    hash *= UINT64_C(0xff51afd7ed558ccd);
    return (uint32_t)(hash >> 32);
}

static bool is_node(const struct tree *tree, trace_index index, const struct tree_key *key)
{
    const struct trace_node *node = &segment_record(tree->segment, index)->node;
    return node->caller == key->caller && node->address == key->address &&
           node->module == key->module &&
           atomic_load_explicit(&node->kind, memory_order_relaxed) == key->kind;
}

static trace_index find_in(const struct tree *tree, const uint64_t *table, uint32_t capacity,
    const struct tree_key *key, uint32_t hash)
{
    for (uint32_t place = hash & (capacity - 1);; place = (place + 1) & (capacity - 1)) {
        uint64_t entry = table[place];
        if (entry == 0)
            return 0;
        if (entry >> 32 == hash && is_node(tree, (trace_index)entry, key))
            return (trace_index)entry;
    }
}

static void put(uint64_t *table, uint32_t capacity, uint64_t entry)
{
    uint32_t place = (uint32_t)(entry >> 32) & (capacity - 1);
    while (table[place])
        place = (place + 1) & (capacity - 1);
    table[place] = entry;
}

/* Entries stay in the old table as well until it is given back: a look-up may find either. */
static void move_some(struct tree *tree)
{
    for (unsigned i = 0; i < MOVED_AT_ONCE && tree->old_moved < tree->old_capacity; i++) {
        uint64_t entry = tree->old_table[tree->old_moved];
        if (entry)
            put(tree->table, tree->capacity, entry);
        tree->old_moved++;
    }
    if (tree->old_moved < tree->old_capacity)
        return;
    uint64_t *emptied = tree->old_table;
    tree->old_table = NULL;
    kernel_unmap_memory(emptied, tree->old_capacity * sizeof *emptied);
}

static bool make_room(struct tree *tree)
{
    if (tree->old_table)
        move_some(tree);
    if (tree->count < tree->capacity / 2)
        return true;
    uint32_t capacity = tree->capacity ? tree->capacity * 2 : FIRST_CAPACITY;
    uint64_t *table = kernel_map_memory(capacity * sizeof *table);
    if (table == NULL)
        return false;
    while (tree->old_table)
        move_some(tree);
    tree->old_capacity = tree->capacity;
    tree->old_moved = 0;
    tree->old_table = tree->table;
    tree->table = table;
    tree->capacity = capacity;
    return true;
}

static trace_index make(
    struct tree *tree, const struct tree_key *key, uint32_t hash, uint32_t flags)
{
    if (!make_room(tree))
        return 0;
    trace_index index = segment_claim(tree->segment, 1);
    if (index == 0)
        return 0;
    union trace_record *record = segment_record(tree->segment, index);
    record->node.caller = key->caller;
    record->node.module = key->module;
    record->node.thread = tree->thread;
    record->node.address = key->address;
    if (key->kind != TRACE_LEAF)
        record->node.flags = flags;
    segment_publish(record, key->kind);
    put(tree->table, tree->capacity, (uint64_t)hash << 32 | index);
    tree->count++;
    return index;
}

trace_index tree_node(struct tree *tree, const struct tree_key *key, uint32_t flags)
{
    uint32_t hash = hash_of(key);
    trace_index index = 0;
    if (tree->table)
        index = find_in(tree, tree->table, tree->capacity, key, hash);
    if (index == 0 && tree->old_table)
        index = find_in(tree, tree->old_table, tree->old_capacity, key, hash);
    return index ? index : make(tree, key, hash, flags);
}

void tree_finish(struct tree *tree)
{
    if (tree->table)
        kernel_unmap_memory(tree->table, tree->capacity * sizeof *tree->table);
    if (tree->old_table)
        kernel_unmap_memory(tree->old_table, tree->old_capacity * sizeof *tree->old_table);
    tree->table = tree->old_table = NULL;
    tree->capacity = tree->count = 0;
}
