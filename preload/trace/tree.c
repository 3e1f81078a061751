/*
 * tree.c - finds or makes the nodes of a path in the trace file.
 *
 * The hash (path_table.h) grows without a long pause: when it doubles, the old table stays, and
 * each insertion moves a few of its entries. The old table is empty long before the new one must
 * grow.
 */
#include "trace/tree.h"

#include "base/kernel.h"
#include "base/pool.h"
#include "trace/segment.h"
#include "base/forbidden.h"

#define FIRST_CAPACITY 256 /* one page */
#define MOVED_AT_ONCE  8

static void release(struct path_table *table)
{
    struct path_entry *entries = table->entries;
    table->entries = NULL;
    COMPILER_BARRIER();
    if (entries)
        pool_give(entries, table->capacity * sizeof *entries);
}

/* A moved entry also stays in the old table until that is released: a look-up may find either. */
static void move_some(struct tree *tree, unsigned count)
{
    struct path_table *old = &tree->tables[!tree->current], *new = &tree->tables[tree->current];
    for (unsigned i = 0; i < count && tree->moved < old->capacity; i++) {
        const struct path_entry *entry = &old->entries[tree->moved++];
        if (entry->node)
            path_table_put(new, *entry);
    }
    if (tree->moved == old->capacity)
        release(old);
}

/* The new table is complete before one store makes it the current one. If a handler jumps away in
 * between, it looks like an old table with nothing in it. */
static bool tree_enlarge(struct tree *tree, uint32_t capacity)
{
    struct path_table *other = &tree->tables[!tree->current];
    if (other->entries)
        move_some(tree, other->capacity);
    struct path_entry *entries = pool_take(capacity * sizeof *entries);
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

static bool tree_make_room(struct tree *tree)
{
    const struct path_table *current = &tree->tables[tree->current];
    if (tree->tables[!tree->current].entries)
        move_some(tree, MOVED_AT_ONCE);
    if (current->entries == NULL)
        return tree_enlarge(tree, FIRST_CAPACITY);
    return tree->hashed < current->capacity / 2 || tree_enlarge(tree, current->capacity * 2);
}

void tree_reserve(struct tree *tree, uint32_t count)
{
    const struct path_table *current = &tree->tables[tree->current];
    uint32_t capacity = current->entries ? current->capacity : FIRST_CAPACITY;
    while (capacity / 2 < tree->hashed + count)
        capacity *= 2;
    if (current->entries == NULL || capacity > current->capacity)
        tree_enlarge(tree, capacity);
}

trace_index tree_find_leaf(const struct tree *tree, struct tree_path path)
{
    trace_index index = path_table_find(&tree->tables[tree->current], path);
    return index ? index : path_table_find(&tree->tables[!tree->current], path);
}

/* Whether the record right behind the caller's is the node. It may belong to another thread that is
 * filling it in, so its kind, which is published last, is read first. */
static bool is_next(const struct tree *tree, trace_index caller, const struct tree_step *step)
{
    uint32_t real = atomic_load_explicit(&tree->segment->committed, memory_order_relaxed);
    if (caller == 0 || caller + 1 >= real)
        return false;
    const struct trace_node *node = &segment_record(tree->segment, caller + 1)->node;
    return atomic_load_explicit(&node->kind, memory_order_acquire) == step->kind &&
           node->caller == caller && node->address == step->address && node->module == step->module;
}

trace_index tree_find_frame(const struct tree *tree, trace_index caller,
    const struct tree_step *step, struct tree_path path)
{
    return is_next(tree, caller, step) ? caller + 1 : tree_find_leaf(tree, path);
}

static void make_durations(const struct tree *tree, trace_index leaf)
{
    for (trace_index i = 1; i < TRACE_LEAF_RECORDS; i++) {
        union trace_record *record = segment_record(tree->segment, leaf + i);
        record->durations.node = leaf;
        segment_publish(record, TRACE_DURATIONS);
    }
}

bool tree_make(struct tree *tree, trace_index index, struct tree_path path, trace_index caller,
    const struct tree_step *step, uint64_t flags)
{
    bool is_hashed = step->kind == TRACE_LEAF || caller == 0 || index != caller + 1;
    if (is_hashed && !tree_make_room(tree))
        return false;
    union trace_record *record = segment_record(tree->segment, index);
    record->node.caller = caller;
    record->node.module = step->module;
    record->node.thread = tree->thread;
    record->node.address = step->address;
    if (step->kind == TRACE_LEAF)
        make_durations(tree, index);
    else
        record->node.flags = flags;
    segment_publish(record, step->kind);
    tree->count++;
    if (!is_hashed)
        return true;
    path_table_put(&tree->tables[tree->current], path_entry(path, index));
    tree->hashed++;
    return true;
}

void tree_finish(struct tree *tree)
{
    release(&tree->tables[0]);
    release(&tree->tables[1]);
    tree->count = tree->hashed = 0;
}
