/*
 * reach.c - takes of a trace only what open calls and tasks refer to.
 *
 * All that an open call refers to was published before the call was, and so it is with tasks. A
 * hostile trace is no reason to take a record twice: one that has been taken is not followed again.
 */
#include "trace/open/reach.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include "trace/records.h"

#define TEXT_PIECES 2400 /* of a command line, which is the longest text */

/* Takes a record of this kind. Returns false if it has another one, or was taken before. */
static bool reach(
    struct records *records, trace_index index, uint32_t kind, union trace_record *record)
{
    if (index < TRACE_FIRST_RECORD || index >= records->count || records->kinds[index])
        return false;
    records_look(records, index, record);
    if (record->kind != kind)
        return false;
    records->kinds[index] = (uint8_t)kind;
    return true;
}

static void reach_text(struct records *records, struct trace_string string)
{
    union trace_record record;
    size_t piece = sizeof record.text.bytes, pieces = (string.length + piece - 1) / piece;
    for (uint32_t i = 0; i < pieces && i < TEXT_PIECES; i++)
        reach(records, string.first + i, TRACE_TEXT, &record);
}

static void reach_module(struct records *records, trace_index index)
{
    union trace_record record;
    if (reach(records, index, TRACE_MODULE, &record))
        reach_text(records, record.module.path);
}

static void reach_name(struct records *records, trace_index index)
{
    union trace_record record;
    if (reach(records, index, TRACE_LEAF_NAME, &record))
        reach_text(records, record.leaf_name.name);
}

/* Returns the caller; 0: there is none, or it was taken before. */
static trace_index reach_frame(struct records *records, trace_index index)
{
    union trace_record record, thread;
    if (!reach(records, index, TRACE_FRAME, &record) &&
        !reach(records, index, TRACE_INTERRUPTED, &record))
        return 0;
    reach_module(records, record.node.module);
    reach_name(records, (trace_index)(record.node.flags >> TRACE_WITHIN_LEAF_SHIFT));
    reach(records, record.node.thread, TRACE_THREAD, &thread);
    return record.node.caller;
}

/* Frames are outward; also the leaf in whose body a frame is, if that is open, is one of the open
 * calls. */
static void reach_leaf(struct records *records, trace_index index)
{
    union trace_record record, thread;
    if (!reach(records, index, TRACE_LEAF, &record))
        return;
    reach_name(records, record.node.leaf_name);
    reach_name(records, record.node.jumper);
    reach(records, record.node.thread, TRACE_THREAD, &thread);
    for (trace_index at = record.node.caller; at != 0;)
        at = reach_frame(records, at);
}

static void reach_one_object(struct records *records, trace_index index, union trace_record *record)
{
    if (!reach(records, index, TRACE_OBJECT, record))
        return;
    reach_text(records, record->object.text);
    if (record->object.type >= TRACE_OBJECT_MUTEX && record->object.type <= TRACE_OBJECT_FUTEX)
        reach_module(records, record->object.lock.module);
}

/* The members of a set are no sets. */
static void reach_object(struct records *records, trace_index index)
{
    union trace_record record = {.kind = TRACE_FREE}, member;
    reach_one_object(records, index, &record);
    if (record.kind != TRACE_OBJECT || record.object.type != TRACE_OBJECT_SET)
        return;
    for (uint32_t i = 0; i < TRACE_SET_MEMBERS; i++)
        reach_one_object(records, record.object.set.members[i], &member);
}

/* Their nodes are calls by which they took wakers. */
static void reach_task(struct records *records, const struct trace_task *task)
{
    union trace_record thread;
    reach(records, task->thread, TRACE_THREAD, &thread);
    for (size_t i = 0; i < TRACE_TASK_NODES && task->nodes[i]; i++)
        reach_leaf(records, task->nodes[i]);
}

int records_reach(struct records *records, const struct trace_header *header, uint32_t count)
{
    union trace_record calls;
    records->count = count;
    records->kinds = calloc(count, sizeof *records->kinds);
    if (records->kinds == NULL)
        return -ENOMEM;
    reach_module(records, header->program);
    reach_text(records, header->command);
    for (size_t i = 0; i < records->open.count; i++) {
        const struct open_record *open = &records->open.list[i];
        reach_leaf(records, open->node);
        reach_object(records, open->object);
        reach(records, open->calls, TRACE_OBJECT_CALLS, &calls);
    }
    for (size_t i = 0; i < records->tasks.count; i++)
        reach_task(records, &records->tasks.list[i]);
    return records->error;
}
