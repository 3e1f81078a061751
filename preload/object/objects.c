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

#define SLOTS (OBJECTS_MAX * 2u) /* a power of two */

#define NUMBER_OF(slot) ((trace_index)(slot))

bool objects_are_wanted;

/* Each slot has the upper half of the hash, and the index of the record. */
static _Atomic(_Atomic uint64_t *) slots;
static _Atomic uint32_t count;
static _Atomic trace_index rest;

static bool is_lock(uint32_t type)
{
    return type >= TRACE_OBJECT_MUTEX && type <= TRACE_OBJECT_FUTEX;
}

/* How many of the bytes of the union tell objects of this type apart. */
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
    if (is_lock(object->type))
        return true;
    return memory_equal(object->bytes, draft->object.bytes, telling_bytes(object->type)) &&
           has_text(segment, object, draft);
}

/* The table, made when it is first needed; or NULL. */
static _Atomic uint64_t *take_table(void)
{
    _Atomic uint64_t *table = atomic_load_explicit(&slots, memory_order_acquire);
    if (__builtin_expect(table != NULL, 1))
        return table;
    _Atomic uint64_t *fresh = pool_take(SLOTS * sizeof *fresh);
    if (fresh == NULL)
        return NULL;
    if (atomic_compare_exchange_strong_explicit(
            &slots, &table, fresh, memory_order_acq_rel, memory_order_acquire))
        return fresh;
    pool_give(fresh, SLOTS * sizeof *fresh); /* another thread was faster */
    return table;
}

/* Finds the object in the table, or the slot where it belongs. */
static trace_index find_in(_Atomic uint64_t *table, struct segment *segment,
    const struct object_draft *draft, uint64_t hash, uint32_t *place)
{
    for (uint32_t at = (uint32_t)hash % SLOTS;; at = (at + 1) % SLOTS) {
        /* Pairs with the release in put: the record is complete. */
        uint64_t slot = atomic_load_explicit(&table[at], memory_order_acquire);
        *place = at;
        if (slot == 0)
            return 0;
        if (slot >> 32 == hash >> 32 && is_equal(segment, NUMBER_OF(slot), draft))
            return NUMBER_OF(slot);
    }
}

trace_index objects_find(struct segment *segment, const struct object_draft *draft)
{
    _Atomic uint64_t *table = atomic_load_explicit(&slots, memory_order_acquire);
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

/* Others may take the slot, and the next ones, meanwhile. Some are always free. */
static void put(_Atomic uint64_t *table, uint32_t at, uint64_t hash, trace_index index)
{
    uint64_t entry = (hash >> 32 << 32) | index, none = 0;
    while (!atomic_compare_exchange_strong_explicit(
        &table[at], &none, entry, memory_order_acq_rel, memory_order_relaxed)) {
        at = (at + 1) % SLOTS;
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

trace_index objects_record(struct segment *segment, const struct object_draft *draft)
{
    _Atomic uint64_t *table = take_table();
    if (table == NULL)
        return objects_rest(segment);
    uint64_t hash = hash_of(draft);
    uint32_t place;
    trace_index index = find_in(table, segment, draft, hash, &place);
    if (index)
        return index;
    if (atomic_load_explicit(&count, memory_order_relaxed) >= OBJECTS_MAX)
        return objects_rest(segment);
    index = make(segment, draft);
    if (index == 0)
        return objects_rest(segment);
    /* Some threads may pass the limit together; the table has room for twice as many. */
    atomic_fetch_add_explicit(&count, 1, memory_order_relaxed);
    put(table, place, hash, index);
    return index;
}

void objects_reset(void)
{
    atomic_store_explicit(&slots, NULL, memory_order_relaxed);
    atomic_store_explicit(&count, 0, memory_order_relaxed);
    atomic_store_explicit(&rest, 0, memory_order_relaxed);
}
