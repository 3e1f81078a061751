/*
 * known.c - the nodes of stacks that were walked before, by a hash of their words.
 */
#include "known.h"

#include "kernel.h"
#include "forbidden.h"

#define FIRST_CAPACITY 256
#define LAST_CAPACITY  65536 /* 1 MiB */

static inline uint64_t mix(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
    return hash << 29 | hash >> 35;
}

/* Four hashes side by side: one multiplication waits for another, but not for three others. */
struct tree_path known_digest(const struct unwind_word *words, uint32_t count)
{
    uint64_t a = count, b = 1, c = 2, d = 3;
    uint32_t i = 0;
    for (; i + 4 <= count; i += 4) {
        a = mix(a, *words[i].address);
        b = mix(b, *words[i + 1].address);
        c = mix(c, *words[i + 2].address);
        d = mix(d, *words[i + 3].address);
    }
    for (; i < count; i++)
        a = mix(a, *words[i].address);
    return (struct tree_path){mix(mix(mix(a, b), c), d), mix(mix(mix(d, c), b), a)};
}

uint64_t known_shape(const struct unwind_word *words, uint32_t count)
{
    uint64_t shape = count;
    for (uint32_t i = 0; i < count; i++)
        shape = mix(shape, (uint64_t)words[i].address);
    return shape;
}

struct tree_path known_key(struct tree_path digest, uint64_t origin, trace_index leaf)
{
    return (struct tree_path){
        mix(mix(digest.low, origin), leaf), mix(mix(digest.high, leaf), origin)};
}

trace_index known_find(const struct known *known, struct tree_path key)
{
    uint32_t mask = known->capacity - 1, high = (uint32_t)(key.high >> 32);
    if (known->capacity == 0)
        return 0;
    for (uint64_t place = key.low & mask;; place = (place + 1) & mask) {
        const struct tree_entry *entry = &known->entries[place];
        if (entry->node == 0 || (entry->low == key.low && entry->high == high))
            return entry->node;
    }
}

static void put(struct known *known, const struct tree_entry *entry)
{
    uint32_t mask = known->capacity - 1;
    uint64_t place = entry->low & mask;
    while (known->entries[place].node)
        place = (place + 1) & mask;
    known->entries[place].low = entry->low;
    known->entries[place].high = entry->high;
    COMPILER_BARRIER();
    known->entries[place].node = entry->node;
    known->count++;
}

/* Doubles the cache, or empties it when it is as large as it gets. */
static bool make_room(struct known *known)
{
    bool is_largest = known->capacity == LAST_CAPACITY;
    struct known larger = {.capacity = known->capacity ? known->capacity * 2 : FIRST_CAPACITY};
    if (is_largest)
        larger.capacity = LAST_CAPACITY;
    larger.entries = kernel_map_memory(larger.capacity * sizeof *larger.entries);
    if (larger.entries == NULL)
        return false;
    for (uint32_t i = 0; i < known->capacity && !is_largest; i++)
        if (known->entries[i].node)
            put(&larger, &known->entries[i]);
    known_finish(known);
    known->count = larger.count;
    known->entries = larger.entries;
    COMPILER_BARRIER();
    known->capacity = larger.capacity;
    return true;
}

void known_add(struct known *known, struct tree_path key, trace_index node)
{
    if (known->count >= known->capacity / 2 && !make_room(known))
        return;
    put(known, &(struct tree_entry){key.low, (uint32_t)(key.high >> 32), node});
}

void known_finish(struct known *known)
{
    struct tree_entry *entries = known->entries;
    uint32_t capacity = known->capacity;
    known->capacity = known->count = 0;
    COMPILER_BARRIER();
    known->entries = NULL;
    if (entries)
        kernel_unmap_memory(entries, capacity * sizeof *entries);
}
