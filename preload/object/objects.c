/*
 * objects.c - the OBJECT records of this process.
 *
 * They are found by a hash of what they say, in a table of a fixed size with linear probing. An
 * entry is stored by one compare and swap when its record is complete, and never changes.
 */
#include "object/objects.h"

#include <stdatomic.h>
#include <stddef.h>

#include "base/pool.h"
#include "base/text.h"
#include "trace/segment.h"
#include "base/forbidden.h"

#define SLOTS_MAX (OBJECTS_MAX * 2u) /* a power of two */
#define SLOTS_MIN 256u
#define PART      16 /* the divisor: a table's part of the library's share of memory */

#define NUMBER_OF(slot) ((trace_index)(slot))

bool objects_are_wanted;

/* Each slot has the upper half of the hash, and the index of the record. */
struct object_table {
    uint32_t size;
    _Atomic uint32_t count;
    _Atomic uint64_t slots[];
};

static _Atomic(struct object_table *) objects;
static _Atomic trace_index rest;

/* How many of the bytes of the union tell objects of this type apart. Of a lock none do. */
static size_t telling_bytes(uint32_t type)
{
    switch (type) {
    case TRACE_OBJECT_FILE:
    case TRACE_OBJECT_PIPE:
    case TRACE_OBJECT_UNIX:
    case TRACE_OBJECT_SOCKET:
        return offsetof(struct trace_object, file.waker) - offsetof(struct trace_object, bytes);
    case TRACE_OBJECT_INET: return sizeof(((struct trace_object *)0)->inet);
    default: return 0;
    }
}

static uint64_t hash_of(const struct object_draft *draft)
{
    const struct trace_object *object = &draft->object;
    uint64_t hash = text_hash(TEXT_HASH, (const char *)&object->type, sizeof object->type);
    hash = text_hash(hash, (const char *)&object->id, sizeof object->id);
    hash = text_hash(hash, (const char *)object->bytes, telling_bytes(object->type));
    hash = text_hash(hash, draft->text, draft->length);
    return hash ? hash : 1;
}

static bool has_text(
    struct segment *segment, const struct trace_object *object, const struct object_draft *draft)
{
    const size_t piece = sizeof(((struct trace_text *)0)->bytes);
    if (object->text.length != draft->length)
        return false;
    for (size_t from = 0; from < draft->length; from += piece) {
        const union trace_record *record = segment_record(
            segment, object->text.first + (trace_index)(from / piece));
        size_t left = draft->length - from;
        if (!memory_equal(record->text.bytes, draft->text + from, left < piece ? left : piece))
            return false;
    }
    return true;
}

static bool is_equal(struct segment *segment, trace_index index, const struct object_draft *draft)
{
    const struct trace_object *object = &segment_record(segment, index)->object;
    if (object->type != draft->object.type || object->id != draft->object.id)
        return false;
    return memory_equal(object->bytes, draft->object.bytes, telling_bytes(object->type)) &&
           has_text(segment, object, draft);
}

uint32_t objects_table_size(uint32_t most, uint32_t least)
{
    uint64_t share = pool_share(most * sizeof(uint64_t) * PART) / PART;
    while (most > least && most * sizeof(uint64_t) > share)
        most /= 2;
    return most;
}

static size_t bytes_of(uint32_t size)
{
    return sizeof(struct object_table) + size * sizeof(uint64_t);
}

/* The table, made when it is first needed; or NULL. */
static struct object_table *take_table(void)
{
    struct object_table *table = atomic_load_explicit(&objects, memory_order_acquire);
    if (__builtin_expect(table != NULL, 1))
        return table;
    uint32_t size = objects_table_size(SLOTS_MAX, SLOTS_MIN);
    struct object_table *fresh = pool_take(bytes_of(size));
    if (fresh == NULL)
        return NULL;
    fresh->size = size;
    if (atomic_compare_exchange_strong_explicit(
            &objects, &table, fresh, memory_order_acq_rel, memory_order_acquire))
        return fresh;
    pool_give(fresh, bytes_of(size)); /* another thread was faster */
    return table;
}

/* Finds the object in the table, or the slot where it belongs. */
static trace_index find_in(struct object_table *table, struct segment *segment,
    const struct object_draft *draft, uint64_t hash, uint32_t *place)
{
    for (uint32_t at = (uint32_t)hash % table->size;; at = (at + 1) % table->size) {
        /* Pairs with the release in put: the record is complete. */
        uint64_t slot = atomic_load_explicit(&table->slots[at], memory_order_acquire);
        *place = at;
        if (slot == 0)
            return 0;
        if (slot >> 32 == hash >> 32 && is_equal(segment, NUMBER_OF(slot), draft))
            return NUMBER_OF(slot);
    }
}

trace_index objects_find(struct segment *segment, const struct object_draft *draft)
{
    struct object_table *table = atomic_load_explicit(&objects, memory_order_acquire);
    uint32_t place;
    return table ? find_in(table, segment, draft, hash_of(draft), &place) : 0;
}

static trace_index make(struct segment *segment, const struct object_draft *draft)
{
    struct trace_string text = {0, 0};
    if (draft->length)
        text = segment_text(segment, draft->text, draft->length);
    trace_index index = draft->length && text.first == 0 ? 0 : segment_claim(segment, 1);
    if (index == 0)
        return 0;
    struct trace_object *object = &segment_record(segment, index)->object;
    memory_copy(object->bytes, draft->object.bytes, sizeof object->bytes);
    object->type = draft->object.type;
    object->id = draft->object.id;
    object->text = text;
    segment_publish((union trace_record *)object, TRACE_OBJECT);
    return index;
}

/* Others may take the slot, and the next ones, meanwhile. Some are always empty. */
static void put(struct object_table *table, uint32_t at, uint64_t hash, trace_index index)
{
    uint64_t entry = (hash >> 32 << 32) | index, none = 0;
    while (!atomic_compare_exchange_strong_explicit(
        &table->slots[at], &none, entry, memory_order_acq_rel, memory_order_relaxed)) {
        at = (at + 1) % table->size;
        none = 0;
    }
}

trace_index objects_rest(struct segment *segment)
{
    trace_index index = atomic_load_explicit(&rest, memory_order_acquire);
    if (index)
        return index;
    struct object_draft draft;
    draft_begin(&draft, TRACE_OBJECT_REST, 0);
    trace_index fresh = make(segment, &draft);
    if (fresh == 0 || atomic_compare_exchange_strong_explicit(
                          &rest, &index, fresh, memory_order_acq_rel, memory_order_acquire))
        return fresh;
    return index;
}

/* Half of the table stays empty, so that each search ends. */
static uint32_t most_of(const struct object_table *table, uint32_t type)
{
    bool is_first = type >= TRACE_OBJECT_PIPE && type <= TRACE_OBJECT_SOCKET;
    return is_first ? table->size / 2 : table->size / 8 * 3;
}

bool objects_have_room(enum trace_object_type type)
{
    const struct object_table *table = atomic_load_explicit(&objects, memory_order_acquire);
    return table == NULL ||
           atomic_load_explicit(&table->count, memory_order_relaxed) < most_of(table, type);
}

/* Takes room for one more. */
static bool objects_take_room(struct object_table *table, uint32_t type)
{
    return objects_have_room(type) &&
           atomic_fetch_add_explicit(&table->count, 1, memory_order_relaxed) < table->size / 2;
}

trace_index objects_record(struct segment *segment, const struct object_draft *draft)
{
    struct object_table *table = take_table();
    if (table == NULL)
        return objects_rest(segment);
    uint64_t hash = hash_of(draft);
    uint32_t place;
    trace_index index = find_in(table, segment, draft, hash, &place);
    if (index)
        return index;
    if (draft->object.type == TRACE_OBJECT_REST || !objects_take_room(table, draft->object.type))
        return objects_rest(segment);
    index = make(segment, draft);
    if (index == 0)
        return objects_rest(segment);
    put(table, place, hash, index);
    return index;
}

void objects_reset(void)
{
    atomic_store_explicit(&objects, NULL, memory_order_relaxed);
    atomic_store_explicit(&rest, 0, memory_order_relaxed);
}
