/*
 * objects.c - what calls have waited for, in a saved file.
 */
#include "saved/parts.h"

#include "saved/reader.h"
#include "saved/saved.h"
#include "saved/writer.h"
#include "trace/snapshot.h"

#define OBJECTS_MAX   (1u << 25) /* elements of a list */
#define ADDRESS_BYTES 16

/* An object has fields that only some kinds have; the layout is the same for all, so a reader can
 * pass over kinds that it does not know. */
enum object_fields { FIELDS_NONE, FIELDS_ADDRESSES, FIELDS_FILE, FIELDS_LOCK };

static enum object_fields fields_of(const struct snapshot_object *object)
{
    switch (object->type) {
    case TRACE_OBJECT_INET: return FIELDS_ADDRESSES;
    case TRACE_OBJECT_FILE:
    case TRACE_OBJECT_PIPE:
    case TRACE_OBJECT_ANONYMOUS:
    case TRACE_OBJECT_UNIX: return FIELDS_FILE;
    default: return objects_is_lock(object->type) ? FIELDS_LOCK : FIELDS_NONE;
    }
}

/* ---- writing ---- */

/* 0: none, else 1 + the index. */
static void put_index(struct writer *writer, uint32_t index)
{
    writer_number(writer, index == OBJECTS_NONE ? 0 : (uint64_t)index + 1);
}

static void put_address(struct writer *writer, const struct trace_address *address)
{
    writer_number(writer, address->family);
    writer_number(writer, address->port);
    writer_bytes(writer, address->bytes, ADDRESS_BYTES);
}

static void put_addresses(struct writer *writer, const struct snapshot_object *object, bool redacts)
{
    static const struct trace_address none;
    put_address(writer, redacts ? &none : &object->addresses[0]);
    put_address(writer, redacts ? &none : &object->addresses[1]);
}

static void put_file_fields(struct writer *writer, const struct snapshot_object *object)
{
    writer_number(writer, object->file.device);
    writer_number(writer, object->file.inode);
    writer_number(writer, (uint32_t)object->file.pid);
}

static void put_lock(struct writer *writer, const struct snapshot_object *object)
{
    put_index(writer, object->module);
    writer_number(writer, object->address);
    writer_text(writer, object->variable);
    writer_number(writer, object->offset);
}

static void put_object(struct writer *writer, const struct snapshot_object *object, bool redacts)
{
    enum object_fields fields = fields_of(object);
    writer_number(writer, object->type);
    writer_number(writer, object->id);
    writer_text(writer, redacts ? NULL : object->text);
    writer_number(writer, fields);
    switch (fields) {
    case FIELDS_ADDRESSES: put_addresses(writer, object, redacts); break;
    case FIELDS_FILE: put_file_fields(writer, object); break;
    case FIELDS_LOCK: put_lock(writer, object); break;
    default: break;
    }
}

static void put_object_calls(struct writer *writer, const struct snapshot_object_calls *calls)
{
    writer_number(writer, calls->node);
    writer_number(writer, calls->object);
    writer_number(writer, calls->hits);
    writer_number(writer, calls->hits - calls->returns);
    writer_number(writer, calls->total_ns);
    writer_number(writer, calls->longest_ns);
    writer_number(writer, (uint32_t)calls->holder);
    writer_number(writer, (uint32_t)calls->longest_holder);
    put_index(writer, calls->ended_by);
    put_index(writer, calls->longest_ended_by);
}

static void put_process_objects(struct writer *writer, const struct objects *objects, bool redacts)
{
    writer_number(writer, objects->count);
    for (size_t i = 0; i < objects->count; i++)
        put_object(writer, &objects->list[i], redacts);
    writer_number(writer, objects->waker_count);
    for (size_t i = 0; i < objects->waker_count; i++) {
        writer_text(writer, objects->wakers[i].name);
        put_index(writer, objects->wakers[i].caller);
    }
    writer_number(writer, objects->call_count);
    for (size_t i = 0; i < objects->call_count; i++)
        put_object_calls(writer, &objects->calls[i]);
}

void saved_put_objects(struct writer *writer, const struct saved *saved, bool redacts)
{
    writer_number(writer, saved->snapshot_count);
    for (size_t i = 0; i < saved->snapshot_count; i++)
        put_process_objects(writer, &saved->snapshots[i]->objects, redacts);
}

/* ---- reading ---- */

static uint32_t get_leaf_node(struct reader *reader, const struct snapshot *snapshot, uint64_t node)
{
    if (node < snapshot->node_count && snapshot->nodes[node].kind == SNAPSHOT_LEAF)
        return (uint32_t)node;
    reader_fail(reader, "it is damaged");
    return OBJECTS_NONE;
}

/* Reads what put_index has written. */
static uint32_t get_index(struct reader *reader, size_t count)
{
    uint64_t number = reader_number_to(reader, count);
    return number == 0 ? OBJECTS_NONE : (uint32_t)(number - 1);
}

static void get_address(struct reader *reader, struct trace_address *address)
{
    address->family = (uint16_t)reader_number_to(reader, UINT16_MAX);
    address->port = (uint16_t)reader_number_to(reader, UINT16_MAX);
    reader_bytes(reader, address->bytes, ADDRESS_BYTES);
    if (!objects_is_address(address))
        reader_fail(reader, "it is damaged");
}

static void get_lock(
    struct reader *reader, const struct snapshot *snapshot, struct snapshot_object *object)
{
    object->module = get_index(reader, snapshot->module_count);
    object->address = reader_number(reader);
    object->variable = reader_text(reader);
    object->offset = reader_number(reader);
}

static void get_fields(struct reader *reader, const struct snapshot *snapshot,
    enum object_fields fields, struct snapshot_object *object)
{
    switch (fields) {
    case FIELDS_ADDRESSES:
        get_address(reader, &object->addresses[0]);
        get_address(reader, &object->addresses[1]);
        break;
    case FIELDS_FILE:
        object->file.device = reader_number(reader);
        object->file.inode = reader_number(reader);
        object->file.pid = (int)reader_number_to(reader, UINT32_MAX);
        break;
    case FIELDS_LOCK: get_lock(reader, snapshot, object); break;
    default: break;
    }
}

/* Objects of a kind that a later version knows are some others. */
static struct snapshot_object get_object(struct reader *reader, const struct snapshot *snapshot)
{
    struct snapshot_object object = {.module = OBJECTS_NONE};
    object.type = (uint32_t)reader_number_to(reader, UINT32_MAX);
    object.id = reader_number(reader);
    object.text = reader_text(reader);
    enum object_fields fields = (enum object_fields)reader_number_to(reader, FIELDS_LOCK);
    bool is_known = object.type < TRACE_OBJECT_TYPES;
    if (object.type == TRACE_OBJECT_NOTHING || (is_known && fields != fields_of(&object)))
        reader_fail(reader, "it is damaged");
    get_fields(reader, snapshot, fields, &object);
    if (!is_known)
        object = (struct snapshot_object){.type = TRACE_OBJECT_REST, .module = OBJECTS_NONE};
    return object;
}

static struct snapshot_object_calls get_object_calls(
    struct reader *reader, const struct snapshot *snapshot)
{
    struct snapshot_object_calls calls = {
        .node = get_leaf_node(reader, snapshot, reader_number(reader))};
    calls.object = (uint32_t)reader_number_to(reader, UINT32_MAX);
    calls.hits = reader_number(reader);
    calls.returns = calls.hits - reader_number_to(reader, calls.hits);
    calls.total_ns = reader_number(reader);
    calls.longest_ns = reader_number(reader);
    calls.holder = (int)reader_number_to(reader, UINT32_MAX);
    calls.longest_holder = (int)reader_number_to(reader, UINT32_MAX);
    calls.ended_by = get_index(reader, snapshot->objects.waker_count);
    calls.longest_ended_by = get_index(reader, snapshot->objects.waker_count);
    if (calls.object >= snapshot->objects.count)
        reader_fail(reader, "it is damaged");
    return calls;
}

static void get_objects(struct reader *reader, struct snapshot *snapshot)
{
    struct objects *objects = &snapshot->objects;
    size_t room = 0, count = reader_number_to(reader, OBJECTS_MAX);
    for (size_t i = 0; i < count; i++) {
        struct snapshot_object object = get_object(reader, snapshot);
        if (!reader_grow(reader, &objects->list, i, &room, sizeof object))
            return;
        objects->list[objects->count++] = object;
    }
}

static struct snapshot_waker get_waker(struct reader *reader, const struct snapshot *snapshot)
{
    struct snapshot_waker waker = {.name = reader_text(reader)};
    waker.caller = get_index(reader, snapshot->node_count);
    if (waker.name == NULL ||
        (waker.caller != OBJECTS_NONE && snapshot->nodes[waker.caller].kind == SNAPSHOT_LEAF))
        reader_fail(reader, "it is damaged");
    return waker;
}

static void get_wakers(struct reader *reader, struct snapshot *snapshot)
{
    struct objects *objects = &snapshot->objects;
    size_t room = 0, count = reader_number_to(reader, OBJECTS_MAX);
    for (size_t i = 0; i < count; i++) {
        struct snapshot_waker waker = get_waker(reader, snapshot);
        if (!reader_grow(reader, &objects->wakers, i, &room, sizeof waker))
            return;
        objects->wakers[objects->waker_count++] = waker;
    }
}

static void get_calls_of_objects(struct reader *reader, struct snapshot *snapshot)
{
    struct objects *objects = &snapshot->objects;
    size_t room = 0, count = reader_number_to(reader, OBJECTS_MAX);
    for (size_t i = 0; i < count; i++) {
        struct snapshot_object_calls calls = get_object_calls(reader, snapshot);
        if (!reader_grow(reader, &objects->calls, i, &room, sizeof calls))
            return;
        objects->calls[objects->call_count++] = calls;
    }
}

static void get_process_objects(struct reader *reader, struct snapshot *snapshot)
{
    get_objects(reader, snapshot);
    get_wakers(reader, snapshot);
    get_calls_of_objects(reader, snapshot);
    if (reader_problem(reader) == NULL)
        snapshot_settle_objects(snapshot);
}

void saved_get_objects(struct reader *reader, struct saved *saved)
{
    if (reader_number(reader) != saved->snapshot_count)
        reader_fail(reader, "it is damaged");
    for (size_t i = 0; i < saved->snapshot_count && reader_problem(reader) == NULL; i++)
        get_process_objects(reader, saved->snapshots[i]);
}
