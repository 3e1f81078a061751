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

static trace_index find_in(const struct tree *tree, const struct tree_table *table,
    const struct tree_key *key, uint32_t hash)
{
    uint32_t mask = table->capacity - 1;
    if (table->entries == NULL)
        return 0;
    for (uint32_t place = hash & mask;; place = (place + 1) & mask) {
        uint64_t entry = table->entries[place];
        if (entry == 0)
            return 0;
        if (entry >> 32 == hash && is_node(tree, (trace_index)entry, key))
            return (trace_index)entry;
    }
}

static void put(struct tree_table *table, uint64_t entry)
{
    uint32_t mask = table->capacity - 1;
    uint32_t place = (uint32_t)(entry >> 32) & mask;
    while (table->entries[place])
        place = (place + 1) & mask;
    table->entries[place] = entry;
}

static void release(struct tree_table *table)
{
    uint64_t *entries = table->entries;
    table->entries = NULL;
    COMPILER_BARRIER();
    if (entries)
        kernel_unmap_memory(entries, table->capacity * sizeof *entries);
}

/* Entries stay in the old table as well until it is released: a look-up may find either. */
static void move_some(struct tree *tree, unsigned count)
{
    struct tree_table *old = &tree->tables[!tree->current], *new = &tree->tables[tree->current];
    for (unsigned i = 0; i < count && tree->moved < old->capacity; i++) {
        uint64_t entry = old->entries[tree->moved++];
        if (entry)
            put(new, entry);
    }
    if (tree->moved == old->capacity)
        release(old);
}

/* The new table is complete before one store makes it the current one: in between it looks
 * like an old one with nothing in it, should a handler jump away here. */
static bool enlarge(struct tree *tree, uint32_t capacity)
{
    struct tree_table *other = &tree->tables[!tree->current];
    if (other->entries)
        move_some(tree, other->capacity);
    uint64_t *entries = kernel_map_memory(capacity * sizeof *entries);
    if (entries == NULL)
        return false;
    tree->moved = 0;
    other->capacity = capacity;
    COMPILER_BARRIER();
    other->entries = entries;
    COMPILER_BARRIER();
    tree->current = !tree->current;
    return true;
}

static bool make_room(struct tree *tree)
{
    const struct tree_table *current = &tree->tables[tree->current];
    if (tree->tables[!tree->current].entries)
        move_some(tree, MOVED_AT_ONCE);
    if (current->entries == NULL)
        return enlarge(tree, FIRST_CAPACITY);
    return tree->count < current->capacity / 2 || enlarge(tree, current->capacity * 2);
}

void tree_reserve(struct tree *tree, uint32_t count)
{
    const struct tree_table *current = &tree->tables[tree->current];
    uint32_t capacity = current->entries ? current->capacity : FIRST_CAPACITY;
    while (capacity / 2 < tree->count + count)
        capacity *= 2;
    if (current->entries == NULL || capacity > current->capacity)
        enlarge(tree, capacity);
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
    put(&tree->tables[tree->current], (uint64_t)hash << 32 | index);
    tree->count++;
    return index;
}

trace_index tree_node(struct tree *tree, const struct tree_key *key, uint32_t flags)
{
    uint32_t hash = hash_of(key);
    trace_index index = find_in(tree, &tree->tables[tree->current], key, hash);
    if (index == 0)
        index = find_in(tree, &tree->tables[!tree->current], key, hash);
    return index ? index : make(tree, key, hash, flags);
}

void tree_finish(struct tree *tree)
{
    release(&tree->tables[0]);
    release(&tree->tables[1]);
    tree->count = 0;
}
