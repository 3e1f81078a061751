/*
 * records.c - the records of a trace file, of which only a few are in memory.
 *
 * A running program continues to publish records while they are read, and the bytes within one
 * pread are read in no particular order. So each part of the file is read twice. A record that the
 * first reading saw as published had all its fields before the second reading began, and so had
 * all records that it points at, and these fields never change again. So it is taken, and with it
 * the records that it points at: in the same part they are marked; those in earlier parts are seen
 * as published when these are read, because the last part is read first. Counters do change. Each
 * is an aligned word; if several do not belong to the same moment (a return is counted, its hit is
 * not yet), they are clamped.
 */
#include "trace/records.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- reading ---- */

static int records_read_file(int fd, char *to, size_t size, size_t offset, size_t *done)
{
    *done = 0;
    while (*done < size) {
        ssize_t got = pread(fd, to + *done, size - *done, (off_t)(offset + *done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -errno;
        if (got == 0)
            break;
        *done += (size_t)got;
    }
    return 0;
}

static size_t read_memory(const struct records *records, void *to, size_t size, size_t offset)
{
    size_t there = offset < records->size ? records->size - offset : 0;
    size_t done = size < there ? size : there;
    memcpy(to, records->bytes + offset, done);
    return done;
}

int records_read_at(const struct records *records, void *to, size_t size, size_t offset)
{
    size_t done = 0;
    int error = 0;
    if (records->fd >= 0)
        error = records_read_file(records->fd, to, size, offset, &done);
    else
        done = read_memory(records, to, size, offset);
    memset((char *)to + done, 0, size - done);
    return error;
}

/* Returns how many records the window from `first` has. */
static uint32_t window_count(const struct records *records, trace_index first)
{
    uint32_t left = records->count - first;
    return left < RECORDS_WINDOW ? left : RECORDS_WINDOW;
}

static int read_window(struct records *records, trace_index first)
{
    records->first = 0;
    int error = records_read_at(records, records->window,
        window_count(records, first) * sizeof *records->window, (size_t)first * TRACE_RECORD_SIZE);
    if (error == 0)
        records->first = first;
    return error;
}

void records_look(struct records *records, trace_index index, union trace_record *record)
{
    trace_index first = index - (index - TRACE_FIRST_RECORD) % RECORDS_WINDOW;
    int error = records->first == first ? 0 : read_window(records, first);
    if (records->error == 0)
        records->error = error;
    if (error)
        memset(record, 0, sizeof *record);
    else
        memcpy(record, &records->window[index - first], sizeof *record);
}

/* ---- which records are taken ---- */

bool records_is_node(uint32_t kind)
{
    return kind == TRACE_FRAME || kind == TRACE_INTERRUPTED || kind == TRACE_LEAF;
}

/* Kinds that nobody knows become one. */
static uint8_t kind_of(const union trace_record *record)
{
    uint32_t kind = record->kind;
    return kind < UINT8_MAX ? (uint8_t)kind : UINT8_MAX;
}

/* Marks a record that is pointed at by one that is taken. */
static void records_take(struct records *records, trace_index index, trace_index from)
{
    if (index >= records->first && index < from)
        records->kinds[index] = kind_of(&records->window[index - records->first]);
}

/* The list of an open call may have grown since the first reading; only what that reading saw is
 * taken. Each leaf belongs to one call, so no more leaves are marked than there are records. */
static void take_call(
    struct records *records, const struct trace_call *call, trace_index index, uint32_t *room)
{
    records_take(records, call->thread, index);
    if (call->flags & TRACE_CALL_OPEN)
        return;
    for (uint32_t i = 0; i<call->leaves && * room> 0; i++, --*room)
        records_take(records, call->first + i, index);
}

static void take_members(
    struct records *records, const struct trace_object *object, trace_index index)
{
    for (uint32_t i = 0; object->type == TRACE_OBJECT_SET && i < TRACE_SET_MEMBERS; i++)
        records_take(records, object->set.members[i], index);
}

static void take_targets(struct records *records, trace_index index, uint32_t *room)
{
    const union trace_record *record = &records->window[index - records->first];
    uint32_t kind = records->kinds[index];
    if (kind == TRACE_CALL)
        take_call(records, &record->call, index, room);
    if (kind == TRACE_CALL_LEAF)
        records_take(records, record->call_leaf.node, index);
    if (kind == TRACE_LEFT_ELSEWHERE)
        records_take(records, record->elsewhere.node, index);
    if (kind == TRACE_OBJECT)
        take_members(records, &record->object, index);
    if (kind == TRACE_OBJECT_CALLS) {
        records_take(records, record->object_calls.node, index);
        records_take(records, record->object_calls.object, index);
    }
    if (kind == TRACE_VALUE)
        records_take(records, record->value.thread, index);
    if (kind == TRACE_VALUE_LEAF) {
        records_take(records, record->value_leaf.node, index);
        records_take(records, record->value_leaf.value, index);
    }
    if (!records_is_node(kind))
        return;
    records_take(records, record->node.caller, index);
    records_take(records, record->node.module, index);
    records_take(records, record->node.thread, index);
}

static int take_window(struct records *records, trace_index first, uint32_t *room)
{
    uint32_t count = window_count(records, first);
    bool seen[RECORDS_WINDOW] = {false};
    int error = read_window(records, first);
    for (uint32_t i = 0; i < count && error == 0; i++)
        seen[i] = records->window[i].kind != TRACE_FREE;
    if (error == 0)
        error = read_window(records, first);
    for (uint32_t i = 0; i < count && error == 0; i++)
        if (seen[i])
            records->kinds[first + i] = kind_of(&records->window[i]);
    for (uint32_t i = count; i-- > 0 && error == 0;)
        take_targets(records, first + i, room);
    return error;
}

int records_begin(struct records *records, uint32_t count)
{
    uint32_t windows = (count - TRACE_FIRST_RECORD + RECORDS_WINDOW - 1) / RECORDS_WINDOW;
    uint32_t room = count;
    int error = 0;
    records->count = count;
    records->kinds = calloc(count, sizeof *records->kinds);
    if (records->kinds == NULL)
        return -ENOMEM;
    while (windows-- > 0 && error == 0)
        error = take_window(records, TRACE_FIRST_RECORD + windows * RECORDS_WINDOW, &room);
    return error;
}

void records_finish(struct records *records)
{
    free(records->kinds);
    records->kinds = NULL;
    free(records->tasks.list);
    records->tasks = (struct task_records){.count = 0};
    free(records->open.list);
    records->open = (struct open_records){.count = 0};
}
