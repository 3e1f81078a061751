/*
 * sets.c - which descriptors the sets of a saved file have.
 */
#include "saved/parts.h"

#include "saved/reader.h"
#include "saved/saved.h"
#include "saved/writer.h"
#include "trace/snapshot.h"

static size_t count_sets(const struct objects *objects)
{
    size_t count = 0;
    for (size_t i = 0; i < objects->count; i++)
        count += objects->list[i].type == TRACE_OBJECT_SET;
    return count;
}

/* ---- writing ---- */

static void put_set(struct writer *writer, size_t index, const struct snapshot_object *object)
{
    writer_number(writer, index);
    writer_number(writer, object->set.count);
    writer_number(writer, TRACE_SET_MEMBERS);
    for (uint32_t i = 0; i < TRACE_SET_MEMBERS; i++) {
        uint32_t member = object->set.members[i];
        writer_number(writer, member == OBJECTS_NONE ? 0 : (uint64_t)member + 1);
    }
}

void saved_put_sets(struct writer *writer, const struct saved *saved)
{
    writer_number(writer, saved->snapshot_count);
    for (size_t i = 0; i < saved->snapshot_count; i++) {
        const struct objects *objects = &saved->snapshots[i]->objects;
        writer_number(writer, count_sets(objects));
        for (size_t k = 0; k < objects->count; k++)
            if (objects->list[k].type == TRACE_OBJECT_SET)
                put_set(writer, k, &objects->list[k]);
    }
}

/* ---- reading ---- */

/* A later version may have written more members than are kept here. */
static void get_set(struct reader *reader, struct objects *objects)
{
    uint64_t index = reader_number(reader);
    uint32_t count = (uint32_t)reader_number_to(reader, UINT32_MAX);
    uint64_t members = reader_number_to(reader, UINT16_MAX);
    bool is_set = index < objects->count && objects->list[index].type == TRACE_OBJECT_SET;
    if (!is_set)
        reader_fail(reader, "it is damaged");
    for (uint64_t i = 0; i < members && reader_problem(reader) == NULL; i++) {
        uint64_t member = reader_number_to(reader, objects->count);
        if (i < TRACE_SET_MEMBERS)
            objects->list[index].set.members[i] = (uint32_t)member - 1;
    }
    if (is_set)
        objects->list[index].set.count = count;
}

static void saved_begin_sets(struct objects *objects)
{
    for (size_t i = 0; i < objects->count; i++)
        for (uint32_t k = 0; objects->list[i].type == TRACE_OBJECT_SET && k < TRACE_SET_MEMBERS;
             k++)
            objects->list[i].set.members[k] = OBJECTS_NONE;
}

void saved_get_sets(struct reader *reader, struct saved *saved)
{
    if (reader_number(reader) != saved->snapshot_count)
        reader_fail(reader, "it is damaged");
    for (size_t i = 0; i < saved->snapshot_count && reader_problem(reader) == NULL; i++) {
        struct objects *objects = &saved->snapshots[i]->objects;
        uint64_t sets = reader_number_to(reader, objects->count);
        saved_begin_sets(objects);
        for (uint64_t k = 0; k < sets && reader_problem(reader) == NULL; k++)
            get_set(reader, objects);
        objects_check_sets(objects);
    }
}
