/*
 * values.c - calls of the root by the value of an argument.
 */
#include "root/values.h"

#include "base/counter.h"
#include "base/kernel.h"
#include "base/pool.h"
#include "root/call_list.h"
#include "root/root_settings.h"
#include "trace/segment.h"
#include "base/forbidden.h"

/* ---- the values that the process keeps ---- */

#define KEPT_PLACES 32768 /* a power of two */

_Static_assert(KEPT_PLACES >= 3 * ROOT_LIMIT_MAX, "most places are free");

#define KEPT_SIZE (KEPT_PLACES * sizeof(uint64_t))

/* By hash; in a place 0: free. Most programs need none, and some may use little memory. */
static _Atomic(_Atomic uint64_t *) kept_values;
static _Atomic uint32_t is_zero_kept;
static _Atomic uint32_t kept_count, leaf_count;

/* Whether there is room for one more; it is taken. */
static bool take_one(_Atomic uint32_t *count, uint32_t limit)
{
    if (atomic_load_explicit(count, memory_order_relaxed) >= limit)
        return false;
    if (atomic_fetch_add_explicit(count, 1, memory_order_relaxed) < limit)
        return true;
    atomic_fetch_sub_explicit(count, 1, memory_order_relaxed);
    return false;
}

/* Keeps the value in a free place. Another thread can take the place at the same time, perhaps for
 * the same value: then *former is that one. */
static bool keep_at(_Atomic uint64_t *place, uint64_t value, uint64_t *former)
{
    if (!take_one(&kept_count, root_settings.limit))
        return false;
    if (atomic_compare_exchange_strong_explicit(
            place, former, value, memory_order_relaxed, memory_order_relaxed))
        return true;
    atomic_fetch_sub_explicit(&kept_count, 1, memory_order_relaxed);
    return *former == value;
}

static bool keep_zero(void)
{
    if (atomic_load_explicit(&is_zero_kept, memory_order_relaxed))
        return true;
    if (!take_one(&kept_count, root_settings.limit))
        return false;
    atomic_store_explicit(&is_zero_kept, 1, memory_order_relaxed);
    return true;
}

/* NULL: there is no memory. */
static _Atomic uint64_t *kept_places(void)
{
    _Atomic uint64_t *former = atomic_load_explicit(&kept_values, memory_order_acquire);
    _Atomic uint64_t *places = former ? former : pool_take(KEPT_SIZE);
    if (places == NULL || former)
        return places;
    if (atomic_compare_exchange_strong_explicit(
            &kept_values, &former, places, memory_order_acq_rel, memory_order_acquire))
        return places;
    pool_give((void *)places, KEPT_SIZE); /* another thread was faster */
    return former;
}

/* Whether the process keeps the value, perhaps from now on. */
static bool is_kept(uint64_t value)
{
    if (value == 0)
        return keep_zero();
    _Atomic uint64_t *kept = kept_places();
    for (uint64_t at = call_hash(value, 0); kept; at++) {
        _Atomic uint64_t *place = &kept[at & (KEPT_PLACES - 1)];
        uint64_t there = atomic_load_explicit(place, memory_order_relaxed);
        if (there == value)
            return true;
        if (there == 0 && keep_at(place, value, &there))
            return true;
        if (there == 0)
            return false;
    }
    return false;
}

void values_prepare(void)
{
    kept_places();
}

/* The memory is not given back: a hit that the fork has interrupted may use it. */
void values_forget_all(void)
{
    atomic_store_explicit(&kept_values, NULL, memory_order_relaxed);
    is_zero_kept = kept_count = leaf_count = 0;
}

/* ---- records of a thread, by a key ---- */

struct key_place {
    uint64_t key;
    trace_index record; /* 0: free */
};

/* An address that is stored at once is complete, so a handler never sees half a table. */
struct key_table {
    uint32_t capacity, count; /* a power of two */
    struct key_place places[];
};

#define FIRST_PLACES 64

static size_t table_size(uint32_t capacity)
{
    return sizeof(struct key_table) + capacity * sizeof(struct key_place);
}

/* The place of the key, or the free place for it. */
static struct key_place *find_key(struct key_table *table, uint64_t key)
{
    uint32_t mask = table->capacity - 1, at = (uint32_t)call_hash(key, 0) & mask;
    while (table->places[at].record && table->places[at].key != key)
        at = (at + 1) & mask;
    return &table->places[at];
}

static trace_index look_up(struct key_table *table, uint64_t key)
{
    return table ? find_key(table, key)->record : 0;
}

/* Makes room for one more. Returns false if there is no memory. */
static bool make_room(struct key_table **table)
{
    struct key_table *old = *table;
    if (old && 2 * old->count < old->capacity)
        return true;
    uint32_t capacity = old ? 2 * old->capacity : FIRST_PLACES;
    struct key_table *larger = pool_take(table_size(capacity));
    if (larger == NULL)
        return false;
    larger->capacity = capacity;
    larger->count = old ? old->count : 0;
    for (uint32_t i = 0; old && i < old->capacity; i++)
        if (old->places[i].record)
            *find_key(larger, old->places[i].key) = old->places[i];
    COMPILER_BARRIER();
    *table = larger;
    if (old)
        pool_give(old, table_size(old->capacity));
    return true;
}

static void add_key(struct key_table *table, uint64_t key, trace_index record)
{
    struct key_place *place = find_key(table, key);
    place->key = key;
    COMPILER_BARRIER();
    place->record = record;
    table->count++;
}

static void give_table(struct key_table *table)
{
    if (table)
        pool_give(table, table_size(table->capacity));
}

/* ---- calls ---- */

uint64_t values_of(const struct call_frame *root)
{
    uint64_t word = call_arguments(root)[root_settings.argument - 1];
    unsigned unused = 64 - 8 * root_settings.bytes;
    if (root_settings.form == TRACE_VALUE_SIGNED)
        return (uint64_t)((int64_t)(word << unused) >> unused);
    return word << unused >> unused;
}

static struct trace_value *value_at(struct segment *segment, trace_index index)
{
    return &segment_record(segment, index)->value;
}

static trace_index make_value(
    struct segment *segment, trace_index thread, uint64_t value, uint32_t flags)
{
    trace_index index = segment_claim(segment, 1);
    if (index == 0)
        return 0;
    struct trace_value *made = value_at(segment, index);
    made->thread = thread;
    made->value = value;
    made->flags = flags;
    made->form = root_settings.form;
    segment_publish(segment_record(segment, index), TRACE_VALUE);
    return index;
}

static trace_index find_value(
    struct values *values, struct segment *segment, trace_index thread, uint64_t value)
{
    trace_index found = look_up(values->records, value);
    if (found)
        return found;
    if (is_kept(value) && make_room(&values->records)) {
        found = make_value(segment, thread, value, 0);
        if (found)
            add_key(values->records, value, found);
        return found;
    }
    if (values->rest == 0)
        values->rest = make_value(segment, thread, 0, TRACE_VALUE_REST);
    return values->rest;
}

trace_index values_begin(
    struct values *values, struct segment *segment, trace_index thread, uint64_t value)
{
    trace_index found = find_value(values, segment, thread, value);
    if (found)
        counter_add(&value_at(segment, found)->count, 1);
    return found;
}

void values_end(struct segment *segment, trace_index value, uint64_t ticks, bool is_jumped)
{
    struct trace_value *record = value_at(segment, value);
    counter_add(&record->ticks, ticks);
    if (ticks > atomic_load_explicit(&record->longest, memory_order_relaxed))
        atomic_store_explicit(&record->longest, ticks, memory_order_relaxed);
    counter_add(&record->jumped, is_jumped);
    counter_add(&record->ended, 1);
}

/* ---- hits ---- */

static uint64_t leaf_key(trace_index value, trace_index node)
{
    return (uint64_t)value << 32 | node;
}

static trace_index make_leaf(
    struct values *values, struct segment *segment, trace_index value, trace_index node)
{
    if (!make_room(&values->leaves) || !take_one(&leaf_count, VALUES_LEAVES_MAX))
        return 0;
    trace_index index = segment_claim(segment, 1);
    if (index == 0)
        return 0;
    struct trace_value_leaf *leaf = &segment_record(segment, index)->value_leaf;
    leaf->value = value;
    leaf->node = node;
    segment_publish(segment_record(segment, index), TRACE_VALUE_LEAF);
    add_key(values->leaves, leaf_key(value, node), index);
    return index;
}

void values_miss(struct segment *segment, trace_index value)
{
    value_at(segment, value)->flags |= TRACE_VALUE_INCOMPLETE;
}

void values_hit(struct values *values, struct segment *segment, trace_index value, trace_index node)
{
    trace_index leaf = look_up(values->leaves, leaf_key(value, node));
    if (leaf == 0)
        leaf = make_leaf(values, segment, value, node);
    if (leaf)
        counter_add(&segment_record(segment, leaf)->value_leaf.hits, 1);
    else
        values_miss(segment, value);
}

void values_time(const struct values *values, struct segment *segment, trace_index value,
    trace_index node, uint64_t ticks)
{
    trace_index leaf = look_up(values->leaves, leaf_key(value, node));
    if (leaf)
        counter_add(&segment_record(segment, leaf)->value_leaf.ticks, ticks);
}

void values_reset(struct values *values)
{
    give_table(values->records);
    give_table(values->leaves);
    *values = (struct values){0};
}
