/*
 * walk_cache.c - the nodes of stacks that were walked before, by a hash of their words.
 */
#include "walk/walk_cache.h"

#include "base/kernel.h"
#include "base/pool.h"
#include "base/forbidden.h"

#define FIRST_CAPACITY 256
#define LAST_CAPACITY  65536 /* 1 MiB */

static inline uint64_t walk_cache_mix(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
    return hash << 29 | hash >> 35;
}

/* Four independent hashes: a multiplication waits for the previous one of its own hash only. */
struct tree_path walk_cache_digest(const struct unwind_word *words, uint32_t count)
{
    uint64_t a = count, b = 1, c = 2, d = 3;
    uint32_t i = 0;
    for (; i + 4 <= count; i += 4) {
        a = walk_cache_mix(a, *words[i].address);
        b = walk_cache_mix(b, *words[i + 1].address);
        c = walk_cache_mix(c, *words[i + 2].address);
        d = walk_cache_mix(d, *words[i + 3].address);
    }
    for (; i < count; i++)
        a = walk_cache_mix(a, *words[i].address);
    return (struct tree_path){walk_cache_mix(walk_cache_mix(walk_cache_mix(a, b), c), d),
        walk_cache_mix(walk_cache_mix(walk_cache_mix(d, c), b), a)};
}

uint64_t walk_cache_shape(const struct unwind_word *words, uint32_t count)
{
    uint64_t shape = count;
    for (uint32_t i = 0; i < count; i++)
        shape = walk_cache_mix(shape, (uint64_t)words[i].address);
    return shape;
}

struct tree_path walk_cache_key(struct tree_path digest, uint64_t origin, trace_index leaf)
{
    return (struct tree_path){walk_cache_mix(walk_cache_mix(digest.low, origin), leaf),
        walk_cache_mix(walk_cache_mix(digest.high, leaf), origin)};
}

trace_index walk_cache_find(const struct walk_cache *cache, struct tree_path key)
{
    return path_table_find(&cache->table, key);
}

/* Doubles the cache, or empties it at its largest size. A handler may jump away after each store: a
 * table without entries is empty, whatever its capacity. */
static bool walk_cache_make_room(struct walk_cache *cache)
{
    struct path_table *table = &cache->table, larger = {.capacity = FIRST_CAPACITY};
    uint32_t kept = table->entries ? table->capacity : 0, count = 0;
    if (kept == LAST_CAPACITY)
        larger.capacity = LAST_CAPACITY, kept = 0;
    else if (kept)
        larger.capacity = kept * 2;
    larger.entries = pool_take(larger.capacity * sizeof *larger.entries);
    if (larger.entries == NULL)
        return false;
    for (uint32_t i = 0; i < kept; i++) {
        if (table->entries[i].node == 0)
            continue;
        path_table_put(&larger, table->entries[i]);
        count++;
    }
    walk_cache_finish(cache);
    cache->count = count;
    table->capacity = larger.capacity;
    COMPILER_BARRIER();
    table->entries = larger.entries;
    return true;
}

void walk_cache_add(struct walk_cache *cache, struct tree_path key, trace_index node)
{
    bool has_room = cache->table.entries && cache->count < cache->table.capacity / 2;
    if (!has_room && !walk_cache_make_room(cache))
        return;
    path_table_put(&cache->table, path_entry(key, node));
    cache->count++;
}

void walk_cache_finish(struct walk_cache *cache)
{
    struct path_table old = cache->table;
    cache->table.entries = NULL;
    COMPILER_BARRIER();
    cache->count = 0;
    if (old.entries)
        pool_give(old.entries, old.capacity * sizeof *old.entries);
}
