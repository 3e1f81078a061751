/*
 * call_list.c - a call of the root as a list of the leaves that were hit in it.
 */
#include "root/call_list.h"

#include "base/counter.h"
#include "base/kernel.h"
#include "base/pool.h"
#include "root/root_settings.h"
#include "trace/segment.h"
#include "base/forbidden.h"

#define FIRST_CAPACITY 64
#define LAST_CAPACITY  65536
#define PLACES_FACTOR  4 /* places for each leaf that there is room for: a power of two */

struct kept_call {
    uint64_t hash;
    trace_index call; /* 0: free */
};

uint64_t call_hash(uint64_t a, uint64_t b)
{
    uint64_t hash = (a * UINT64_C(0x9e3779b97f4a7c15)) ^ (b * UINT64_C(0xc2b2ae3d27d4eb4f));
    hash = (hash ^ hash >> 32) * UINT64_C(0xff51afd7ed558ccd);
    return hash ^ hash >> 29;
}

static struct trace_call *call_at(const struct segment *segment, trace_index index)
{
    return &segment_record(segment, index)->call;
}

static struct trace_call_leaf *leaf_at(
    const struct segment *segment, trace_index first, uint32_t number)
{
    return &segment_record(segment, first + number)->call_leaf;
}

static size_t places_size(uint32_t capacity)
{
    return (size_t)capacity * PLACES_FACTOR * sizeof(uint32_t);
}

/* The place of the node, or the free place for it. */
static uint32_t *find_place(
    const struct call_list *list, const struct segment *segment, trace_index node)
{
    uint32_t mask = list->capacity * PLACES_FACTOR - 1;
    uint32_t at = (uint32_t)call_hash(node, 0) & mask;
    while (list->places[at] && leaf_at(segment, list->leaves, list->places[at] - 1)->node != node)
        at = (at + 1) & mask;
    return &list->places[at];
}

/* Makes room for twice as many leaves. */
static bool enlarge(struct call_list *list, struct segment *segment)
{
    uint32_t capacity = list->capacity ? list->capacity * 2 : FIRST_CAPACITY;
    if (capacity > LAST_CAPACITY)
        return false;
    uint32_t *places = pool_take(places_size(capacity));
    trace_index leaves = places ? segment_claim(segment, capacity) : 0;
    if (leaves == 0) {
        if (places)
            pool_give(places, places_size(capacity));
        return false;
    }
    struct call_list old = *list;
    list->leaves = leaves;
    list->places = places;
    COMPILER_BARRIER(); /* see recover */
    list->capacity = capacity;
    for (uint32_t i = 0; i < old.count; i++) {
        const struct trace_call_leaf *from = leaf_at(segment, old.leaves, i);
        struct trace_call_leaf *to = leaf_at(segment, leaves, i);
        *find_place(list, segment, from->node) = i + 1;
        to->node = from->node;
        to->hits = from->hits;
        to->ticks = from->ticks;
        segment_publish((union trace_record *)to, TRACE_CALL_LEAF);
    }
    call_at(segment, list->current)->first = leaves;
    if (old.places)
        pool_give(old.places, places_size(old.capacity));
    return true;
}

static trace_index make_call(struct segment *segment, trace_index thread, uint32_t flags)
{
    trace_index index = segment_claim(segment, 1);
    if (index == 0)
        return 0;
    struct trace_call *call = call_at(segment, index);
    call->thread = thread;
    call->flags = flags;
    segment_publish(segment_record(segment, index), TRACE_CALL);
    return index;
}

static uint32_t kept_capacity(void)
{
    uint32_t capacity = 16;
    while (capacity < 2 * root_settings.limit)
        capacity *= 2;
    return capacity;
}

/* Makes what is needed for the first call. */
static bool prepare(
    struct call_list *list, struct kept_calls *kept, struct segment *segment, trace_index thread)
{
    if (list->current == 0)
        list->current = make_call(segment, thread, TRACE_CALL_OPEN);
    if (kept->places == NULL)
        kept->places = pool_take(kept_capacity() * sizeof *kept->places);
    return list->current && kept->places && (list->capacity || enlarge(list, segment));
}

bool call_list_begin(struct call_list *list, struct kept_calls *kept, struct segment *segment,
    trace_index thread, uint64_t now)
{
    if (!prepare(list, kept, segment, thread))
        return false;
    struct trace_call *current = call_at(segment, list->current);
    atomic_store_explicit(&current->entered, now, memory_order_relaxed);
    atomic_store_explicit(&current->count, 1, memory_order_relaxed);
    return true;
}

/* The leaf in the list, or NULL if there is no room for it. */
static struct trace_call_leaf *find_leaf(
    struct call_list *list, struct segment *segment, trace_index node)
{
    uint32_t *place = find_place(list, segment, node);
    if (*place)
        return leaf_at(segment, list->leaves, *place - 1);
    if (list->count == list->capacity) {
        if (!enlarge(list, segment))
            return NULL;
        place = find_place(list, segment, node);
    }
    struct trace_call_leaf *leaf = leaf_at(segment, list->leaves, list->count++);
    *place = list->count;
    leaf->node = node;
    segment_publish((union trace_record *)leaf, TRACE_CALL_LEAF);
    call_at(segment, list->current)->leaves = list->count;
    return leaf;
}

void call_list_miss(const struct call_list *list, struct segment *segment)
{
    call_at(segment, list->current)->flags |= TRACE_CALL_INCOMPLETE;
}

void call_list_hit(struct call_list *list, struct segment *segment, trace_index node)
{
    struct trace_call_leaf *leaf = find_leaf(list, segment, node);
    if (leaf)
        counter_add(&leaf->hits, 1);
    else
        call_list_miss(list, segment);
}

void call_list_time(
    const struct call_list *list, struct segment *segment, trace_index node, uint64_t ticks)
{
    uint32_t place = *find_place(list, segment, node);
    if (place)
        counter_add(&leaf_at(segment, list->leaves, place - 1)->ticks, ticks);
}

/* ---- the end of a call ---- */

/* Equal for lists that have the same leaves and hits, in any order. */
static uint64_t hash_list(const struct call_list *list, const struct segment *segment)
{
    uint64_t hash = call_at(segment, list->current)->flags;
    for (uint32_t i = 0; i < list->count; i++) {
        const struct trace_call_leaf *leaf = leaf_at(segment, list->leaves, i);
        hash += call_hash(leaf->node, leaf->hits);
    }
    return hash;
}

static struct kept_call *find_kept(const struct kept_calls *kept, uint64_t hash)
{
    uint64_t mask = kept_capacity() - 1, at = hash & mask;
    while (kept->places[at].call && kept->places[at].hash != hash)
        at = (at + 1) & mask;
    return &kept->places[at];
}

/* Copies the open call's list to records of its own, which stay in the trace. */
static trace_index call_list_keep(const struct call_list *list, struct segment *segment)
{
    trace_index first = segment_claim(segment, list->count + 1);
    if (first == 0)
        return 0;
    const struct trace_call *current = call_at(segment, list->current);
    for (uint32_t i = 0; i < list->count; i++) {
        const struct trace_call_leaf *from = leaf_at(segment, list->leaves, i);
        struct trace_call_leaf *to = leaf_at(segment, first, i);
        to->node = from->node;
        to->hits = from->hits;
        segment_publish((union trace_record *)to, TRACE_CALL_LEAF);
    }
    struct trace_call *call = call_at(segment, first + list->count);
    call->thread = current->thread;
    call->first = first;
    call->leaves = list->count;
    call->entered = current->entered;
    call->flags = current->flags & ~TRACE_CALL_OPEN;
    segment_publish(segment_record(segment, first + list->count), TRACE_CALL);
    return first + list->count;
}

static void add_times(const struct call_list *list, struct segment *segment, struct trace_call *to)
{
    for (uint32_t i = 0; i < to->leaves; i++) {
        struct trace_call_leaf *leaf = leaf_at(segment, to->first, i);
        uint32_t place = *find_place(list, segment, leaf->node);
        if (place)
            counter_add(&leaf->ticks, leaf_at(segment, list->leaves, place - 1)->ticks);
    }
}

/* The record of the calls that were not kept, or 0. */
static trace_index find_rest(
    const struct call_list *list, struct kept_calls *kept, struct segment *segment)
{
    if (kept->rest == 0)
        kept->rest = make_call(segment, call_at(segment, list->current)->thread, TRACE_CALL_REST);
    return kept->rest;
}

/* The record that must count the open call: the one of an equal call, a new one, or the one of the
 * rest. 0: there is no room for one. */
static trace_index find_counter(
    const struct call_list *list, struct kept_calls *kept, struct segment *segment)
{
    uint64_t hash = hash_list(list, segment);
    struct kept_call *place = find_kept(kept, hash);
    if (place->call)
        return place->call;
    trace_index index = kept->count < root_settings.limit ? call_list_keep(list, segment) : 0;
    if (index) {
        *place = (struct kept_call){hash, index};
        kept->count++;
        return index;
    }
    return find_rest(list, kept, segment);
}

/* Frees the place of leaf `number`. Places that were passed to find it may already be free. */
static void free_place(const struct call_list *list, trace_index node, uint32_t number)
{
    uint32_t mask = list->capacity * PLACES_FACTOR - 1, at = (uint32_t)call_hash(node, 0) & mask;
    while (list->places[at] != number + 1)
        at = (at + 1) & mask;
    list->places[at] = 0;
}

static void clear_leaf(struct trace_call_leaf *leaf)
{
    leaf->hits = leaf->ticks = 0;
    leaf->node = 0;
}

/* From here on the call is not open. Before that, its counter shows whether it has ended. */
static void call_list_close(struct trace_call *current)
{
    atomic_store_explicit(&current->count, 0, memory_order_relaxed);
    atomic_store_explicit(&current->counter, 0, memory_order_release);
}

/* Counts the open call in the record `index`. */
static void count_call(
    struct segment *segment, struct trace_call *current, trace_index index, bool is_jumped)
{
    struct trace_call *counter = call_at(segment, index);
    uint64_t count = atomic_load_explicit(&counter->count, memory_order_relaxed);
    atomic_store_explicit(&current->counted, count + 1, memory_order_relaxed);
    atomic_store_explicit(&current->counter, index, memory_order_release);
    counter_add(&counter->jumped, is_jumped);
    atomic_store_explicit(&counter->count, count + 1, memory_order_release);
}

static bool is_counted(struct segment *segment, const struct trace_call *current)
{
    trace_index counter = atomic_load_explicit(&current->counter, memory_order_relaxed);
    return counter && atomic_load_explicit(&call_at(segment, counter)->count,
                          memory_order_relaxed) >= current->counted;
}

/* Clears the record of the open call for the next one. */
static void clear(struct call_list *list, struct segment *segment)
{
    struct trace_call *current = call_at(segment, list->current);
    call_list_close(current);
    for (uint32_t i = 0; i < list->count; i++) {
        struct trace_call_leaf *leaf = leaf_at(segment, list->leaves, i);
        free_place(list, leaf->node, i);
        clear_leaf(leaf);
    }
    list->count = current->leaves = 0;
    current->flags = TRACE_CALL_OPEN;
}

void call_list_end(struct call_list *list, struct kept_calls *kept, struct segment *segment,
    uint64_t ticks, bool is_jumped)
{
    trace_index index = find_counter(list, kept, segment);
    if (index) {
        struct trace_call *counter = call_at(segment, index);
        add_times(list, segment, counter);
        counter_add(&counter->ticks, ticks);
        if (ticks > counter->longest)
            counter->longest = ticks;
        count_call(segment, call_at(segment, list->current), index, is_jumped);
    }
    clear(list, segment);
}

void call_list_recover(
    struct call_list *list, struct kept_calls *kept, struct segment *segment, bool is_open)
{
    struct trace_call *current = list->current ? call_at(segment, list->current) : NULL;
    bool is_uncounted = current && is_open && atomic_load(&current->count) &&
                        !is_counted(segment, current);
    trace_index rest = is_uncounted ? find_rest(list, kept, segment) : 0;
    if (rest)
        count_call(segment, current, rest, true);
    list->count = 0;
    for (uint32_t i = 0; i < list->capacity; i++)
        clear_leaf(leaf_at(segment, list->leaves, i));
    if (list->places)
        memory_zero(list->places, places_size(list->capacity));
    if (current == NULL)
        return;
    call_list_close(current);
    current->leaves = 0;
    current->first = list->leaves;
    current->flags = TRACE_CALL_OPEN;
}

void call_list_reset(struct call_list *list)
{
    if (list->places)
        pool_give(list->places, places_size(list->capacity));
    *list = (struct call_list){0};
}

void kept_calls_reset(struct kept_calls *kept)
{
    if (kept->places)
        pool_give(kept->places, kept_capacity() * sizeof *kept->places);
    *kept = (struct kept_calls){0};
}
