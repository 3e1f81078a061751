/*
 * open_calls.c - the calls that had not returned, in a saved file.
 */
#include "saved/parts.h"

#include "saved/reader.h"
#include "saved/saved.h"
#include "saved/writer.h"
#include "trace/open/calls.h"
#include "trace/snapshot.h"

#define OPEN_CALLS_MAX (1u << 25)

_Static_assert(sizeof(struct snapshot_open_call) == 32, "a new field of an open call is saved");

static const char open_inconsistent[] = "it is damaged";

static void put_open_call(
    struct writer *writer, const struct snapshot *snapshot, const struct snapshot_open_call *call)
{
    writer_number(writer, call->node);
    writer_number(writer, call->object == OBJECTS_NONE ? 0 : (uint64_t)call->object + 1);
    writer_number(writer, call->since_ns != 0);
    if (call->since_ns)
        writer_signed(writer, (int64_t)(call->since_ns - snapshot->start_ns));
    writer_number(writer, call->key);
    writer_number(writer, call->tid > 0 ? (uint64_t)call->tid : 0);
    writer_number(writer, call->owner);
}

void saved_put_open_calls(struct writer *writer, const struct saved *saved)
{
    writer_number(writer, saved->snapshot_count);
    for (size_t i = 0; i < saved->snapshot_count; i++) {
        const struct snapshot *snapshot = saved->snapshots[i];
        writer_number(writer, snapshot->open_call_count);
        for (size_t j = 0; j < snapshot->open_call_count; j++)
            put_open_call(writer, snapshot, &snapshot->open_calls[j]);
    }
}

static struct snapshot_open_call get_open_call(
    struct reader *reader, const struct snapshot *snapshot)
{
    struct snapshot_open_call call = {
        .node = (uint32_t)reader_number_to(reader, UINT32_MAX), .object = OBJECTS_NONE};
    uint64_t object = reader_number_to(reader, snapshot->objects.count);
    if (object > 0)
        call.object = (uint32_t)(object - 1);
    if (reader_number_to(reader, 1))
        call.since_ns = snapshot->start_ns + (uint64_t)reader_signed(reader);
    call.key = reader_number(reader);
    call.tid = (int)reader_number_to(reader, INT32_MAX);
    call.owner = (enum open_owner)reader_number_to(reader, OPEN_NOBODY);
    if (call.node >= snapshot->node_count || snapshot->nodes[call.node].kind != SNAPSHOT_LEAF)
        reader_fail(reader, open_inconsistent);
    return call;
}

static void get_open_calls(struct reader *reader, struct snapshot *snapshot)
{
    size_t room = 0, count = reader_number_to(reader, OPEN_CALLS_MAX);
    for (size_t i = 0; i < count; i++) {
        struct snapshot_open_call call = get_open_call(reader, snapshot);
        if (!reader_grow(reader, &snapshot->open_calls, i, &room, sizeof call) ||
            reader_problem(reader))
            return;
        snapshot->open_calls[snapshot->open_call_count++] = call;
    }
    open_calls_settle(snapshot);
}

void saved_get_open_calls(struct reader *reader, struct saved *saved)
{
    if (reader_number(reader) != saved->snapshot_count)
        reader_fail(reader, open_inconsistent);
    for (size_t i = 0; i < saved->snapshot_count && reader_problem(reader) == NULL; i++)
        get_open_calls(reader, saved->snapshots[i]);
}
