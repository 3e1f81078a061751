/*
 * trace_builder.h - writes trace files in memory, for tests: what the program's side would
 * have written, one record after the other.
 */
#ifndef TRACE_BUILDER_H
#define TRACE_BUILDER_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "trace_format.h"

#define TRACE_BUILDER_RECORDS 512

struct trace_builder {
    union trace_record records[TRACE_BUILDER_RECORDS]; /* the header is in the first 64 */
};

static inline struct trace_header *trace_header_of(struct trace_builder *builder)
{
    return (struct trace_header *)builder->records;
}

static inline void trace_begin(struct trace_builder *builder)
{
    memset(builder, 0, sizeof *builder);
    struct trace_header *header = trace_header_of(builder);
    header->magic = TRACE_MAGIC;
    header->version = TRACE_VERSION;
    header->record_size = TRACE_RECORD_SIZE;
    header->used = TRACE_FIRST_RECORD;
    header->capacity = 1u << 20;
    header->ready = 1;
    header->pid = 100;
    header->parent_pid = 99;
    header->clock = TRACE_CLOCK_MONOTONIC;
}

static inline size_t trace_size(struct trace_builder *builder)
{
    return (size_t)trace_header_of(builder)->used * TRACE_RECORD_SIZE;
}

static inline trace_index trace_claim(struct trace_builder *builder, uint32_t count)
{
    struct trace_header *header = trace_header_of(builder);
    trace_index first = header->used;
    header->used = first + count;
    return first;
}

static inline struct trace_string trace_add_text(struct trace_builder *builder, const char *text)
{
    size_t length = strlen(text), piece = sizeof builder->records[0].text.bytes;
    uint32_t pieces = (uint32_t)((length + piece - 1) / piece);
    struct trace_string string = {trace_claim(builder, pieces), (uint32_t)length};
    for (uint32_t i = 0; i < pieces; i++) {
        struct trace_text *record = &builder->records[string.first + i].text;
        size_t rest = length - i * piece;
        memcpy(record->bytes, text + i * piece, rest < piece ? rest : piece);
        record->kind = TRACE_TEXT;
    }
    return string;
}

static inline trace_index trace_add_module(struct trace_builder *builder, const char *path)
{
    struct trace_string string = trace_add_text(builder, path);
    trace_index index = trace_claim(builder, 1);
    struct trace_module *record = &builder->records[index].module;
    record->path = string;
    record->build_id_size = 20;
    memset(record->build_id, 0xab, 20);
    record->kind = TRACE_MODULE;
    return index;
}

static inline trace_index trace_add_thread(
    struct trace_builder *builder, int32_t tid, const char *name)
{
    trace_index index = trace_claim(builder, 1);
    struct trace_thread *record = &builder->records[index].thread;
    record->tid = tid;
    memcpy(record->name, name, strnlen(name, sizeof record->name));
    record->kind = TRACE_THREAD;
    return index;
}

static inline trace_index trace_add_leaf_name(struct trace_builder *builder, const char *name)
{
    struct trace_string string = trace_add_text(builder, name);
    trace_index index = trace_claim(builder, 1);
    builder->records[index].leaf_name.name = string;
    builder->records[index].kind = TRACE_LEAF_NAME;
    return index;
}

/* The module is the leaf's name when the node is a leaf. */
static inline struct trace_node *trace_add_node(struct trace_builder *builder, enum trace_kind kind,
    trace_index caller, trace_index module, trace_index thread)
{
    struct trace_node *node = &builder->records[trace_claim(builder, 1)].node;
    node->caller = caller;
    node->module = module;
    node->thread = thread;
    node->kind = kind;
    return node;
}

/* The buckets of the leaf that was added last. */
static inline void trace_add_durations(
    struct trace_builder *builder, const struct trace_node *leaf, const uint32_t *counts)
{
    trace_index node = (trace_index)((const union trace_record *)leaf - builder->records);
    for (unsigned i = 0; i < TRACE_DURATION_BUCKETS; i++) {
        if (i % TRACE_DURATION_PART == 0)
            trace_claim(builder, 1);
        struct trace_durations *record =
            &builder->records[node + 1 + i / TRACE_DURATION_PART].durations;
        record->counts[i % TRACE_DURATION_PART] = counts[i];
        record->node = node;
        record->kind = TRACE_DURATIONS;
    }
}

static inline trace_index trace_index_of(
    const struct trace_builder *builder, const struct trace_node *node)
{
    return (trace_index)((const union trace_record *)node - builder->records);
}

static inline trace_index trace_add_call_leaf(
    struct trace_builder *builder, trace_index node, uint64_t hits, uint64_t ticks)
{
    trace_index index = trace_claim(builder, 1);
    struct trace_call_leaf *record = &builder->records[index].call_leaf;
    record->node = node;
    record->hits = hits;
    record->ticks = ticks;
    record->kind = TRACE_CALL_LEAF;
    return index;
}

/* One call, of `leaves` CALL_LEAF records from `first`. */
static inline struct trace_call *trace_add_call(
    struct trace_builder *builder, trace_index thread, trace_index first, uint32_t leaves)
{
    struct trace_call *record = &builder->records[trace_claim(builder, 1)].call;
    record->thread = thread;
    record->first = first;
    record->leaves = leaves;
    record->count = 1;
    record->kind = TRACE_CALL;
    return record;
}

/* Calls with one value of an argument. */
static inline struct trace_value *trace_add_value(struct trace_builder *builder, trace_index thread,
    uint64_t value, uint64_t count, uint64_t ended)
{
    struct trace_value *record = &builder->records[trace_claim(builder, 1)].value;
    record->thread = thread;
    record->value = value;
    record->count = count;
    record->ended = ended;
    record->ticks = 100 * ended;
    record->longest = 70;
    record->kind = TRACE_VALUE;
    return record;
}

static inline struct trace_value_leaf *trace_add_value_leaf(
    struct trace_builder *builder, const struct trace_value *value, trace_index node, uint64_t hits)
{
    struct trace_value_leaf *record = &builder->records[trace_claim(builder, 1)].value_leaf;
    record->value = (trace_index)((const union trace_record *)value - builder->records);
    record->node = node;
    record->hits = hits;
    record->ticks = 10 * hits;
    record->kind = TRACE_VALUE_LEAF;
    return record;
}

static inline void trace_add_untraced(
    struct trace_builder *builder, const char *path, uint32_t reason, uint64_t count)
{
    struct trace_string string = trace_add_text(builder, path);
    struct trace_untraced_program *record = &builder->records[trace_claim(builder, 1)].untraced;
    record->reason = reason;
    record->path = string;
    record->count = count;
    record->kind = TRACE_UNTRACED;
}

/* `text` may be NULL. */
static inline struct trace_object *trace_add_object(
    struct trace_builder *builder, enum trace_object_type type, const char *text)
{
    struct trace_string string = text ? trace_add_text(builder, text) : (struct trace_string){0};
    struct trace_object *record = &builder->records[trace_claim(builder, 1)].object;
    record->type = type;
    record->text = string;
    record->kind = TRACE_OBJECT;
    return record;
}

static inline trace_index trace_index_of_object(
    const struct trace_builder *builder, const struct trace_object *object)
{
    return (trace_index)((const union trace_record *)object - builder->records);
}

/* Makes a set of so many descriptors, of which the first two are these objects. */
static inline void trace_set_members(
    struct trace_object *set, uint32_t count, trace_index first, trace_index second)
{
    set->set.count = count;
    set->set.members[0] = first;
    set->set.members[1] = second;
    set->set.check = trace_set_check(&set->set);
}

/* Calls of a leaf for an object, all of which have returned. */
static inline struct trace_object_calls *trace_add_object_calls(struct trace_builder *builder,
    trace_index leaf, const struct trace_object *object, uint64_t hits, uint64_t ticks)
{
    struct trace_object_calls *record = &builder->records[trace_claim(builder, 1)].object_calls;
    record->node = leaf;
    record->object = trace_index_of_object(builder, object);
    record->hits = record->returns = hits;
    record->ticks = ticks;
    record->longest = hits ? ticks / hits : 0;
    record->kind = TRACE_OBJECT_CALLS;
    return record;
}

/* A block of `count` records for open calls, which are free, before the blocks that are there. */
static inline trace_index trace_add_open_block(struct trace_builder *builder, uint32_t count)
{
    trace_index first = trace_claim(builder, count);
    for (uint32_t i = 0; i < count; i++)
        builder->records[first + i].kind = TRACE_OPEN_CALL;
    builder->records[first].open_call.count = count;
    builder->records[first].open_call.next = trace_header_of(builder)->open_calls;
    trace_header_of(builder)->open_calls = first;
    return first;
}

/* Takes one of these records for a call; `calls` may be NULL. */
static inline struct trace_open_call *trace_open_call(struct trace_builder *builder,
    trace_index index, trace_index leaf, const struct trace_object_calls *calls, uint64_t since)
{
    struct trace_open_call *record = &builder->records[index].open_call;
    record->node = leaf;
    record->since = since;
    record->key = 0x7ffc0000 + index;
    if (calls)
        record->object = (uint64_t)calls->object << 32 |
                         (trace_index)((const union trace_record *)calls - builder->records);
    return record;
}

/* A small trace that has everything in it: two threads, main calling work calling two
 * leaves, an interrupted frame, and code in no file. */
static inline void trace_build_sample(struct trace_builder *builder)
{
    trace_begin(builder);
    struct trace_header *header = trace_header_of(builder);
    trace_index module = trace_add_module(builder, "/opt/a/path/that/is/longer/than/one/piece"
                                                   "/of/text/so/that/it/takes/two/of/them/prog");
    header->program = module;
    header->command = trace_add_text(builder, "prog --fast");
    trace_index main_thread = trace_add_thread(builder, 100, "prog");
    trace_index leaf = trace_add_leaf_name(builder, "read");

    struct trace_node *node = trace_add_node(builder, TRACE_FRAME, 0, module, main_thread);
    node->address = 0x1000;
    node->flags = TRACE_END_OF_STACK;
    trace_index outer = trace_index_of(builder, node);
    node = trace_add_node(builder, TRACE_INTERRUPTED, outer, module, main_thread);
    node->address = 0x2000;
    trace_index inner = trace_index_of(builder, node);
    node = trace_add_node(builder, TRACE_LEAF, inner, leaf, main_thread);
    node->hits = 3;
    node->returns = 2;
    node->ticks = 1000;
    node->longest = 700;
    node->entered = 5000;
    trace_add_durations(builder, node, (uint32_t[TRACE_DURATION_BUCKETS]){[1] = 1, [2] = 1});

    trace_index thread = trace_add_thread(builder, 101, "worker");
    trace_index other_leaf = trace_add_leaf_name(builder, "write");
    node = trace_add_node(builder, TRACE_FRAME, 0, 0, thread);
    node->address = 0x7f0000001000;
    node->flags = TRACE_LOST_TRACK | TRACE_BY_FRAME_POINTER;
    outer = trace_index_of(builder, node);
    node = trace_add_node(builder, TRACE_LEAF, outer, other_leaf, thread);
    node->hits = node->returns = 1;
    node->ticks = node->longest = 20;
}

/* A call of a function that is no leaf, from the caller of the leaf. */
static inline trace_index trace_add_waker(
    struct trace_builder *builder, trace_index leaf, const char *function)
{
    struct trace_node beside = builder->records[leaf].node;
    trace_index name = trace_add_leaf_name(builder, function);
    builder->records[name].leaf_name.flags = TRACE_NAME_WAKES;
    return trace_index_of(
        builder, trace_add_node(builder, TRACE_LEAF, beside.caller, name, beside.thread));
}

/* Objects of several kinds for the leaf; of one of them a call is open. */
static inline void trace_build_objects(
    struct trace_builder *builder, trace_index leaf, trace_index module)
{
    struct trace_object *object = trace_add_object(builder, TRACE_OBJECT_FILE, "/var/log/x");
    object->file.inode = 7;
    trace_add_object_calls(builder, leaf, object, 1, 300);
    trace_index file = trace_index_of_object(builder, object);
    object = trace_add_object(builder, TRACE_OBJECT_INET, NULL);
    object->id = 1;
    object->inet.local = (struct trace_address){2, 0, {127, 0, 0, 1}};
    object->inet.peer = (struct trace_address){2, 5432, {127, 0, 0, 1}};
    trace_add_object_calls(builder, leaf, object, 1, 400);
    object = trace_add_object(builder, TRACE_OBJECT_MUTEX, NULL);
    object->id = 0x7f0000004040;
    object->lock.module = module;
    object->lock.address = 0x4040;
    struct trace_object_calls *calls = trace_add_object_calls(builder, leaf, object, 1, 0);
    calls->returns = 0;
    calls->holder = calls->longest_holder = 101;
    calls->ended_by = calls->longest_ended_by = trace_add_waker(
        builder, leaf, "pthread_mutex_unlock");
    trace_set_members(trace_add_object(builder, TRACE_OBJECT_SET, NULL), 9, file, 0);
}

/* Two calls that ended, of which one was left by a jump, one that is open, and three of the rest.
 */
static inline void trace_build_calls(
    struct trace_builder *builder, trace_index thread, trace_index leaf)
{
    struct trace_call *call = trace_add_call(builder, thread, 0, 1);
    call->flags = TRACE_CALL_OPEN;
    call->entered = 4000;
    call->first = trace_add_call_leaf(builder, leaf, 1, 0);
    trace_index first = trace_add_call_leaf(builder, leaf, 1, 900);
    call = trace_add_call(builder, thread, first, 1);
    call->count = 2;
    call->ticks = call->longest = 950;
    call->jumped = 1;
    call->entered = 3000;
    call = trace_add_call(builder, thread, 0, 0);
    call->flags = TRACE_CALL_REST;
    call->count = 3;
    call->ticks = 60;
    call->longest = 30;
}

/* Calls with two values, one of which is open, and with all others. */
static inline void trace_build_values(
    struct trace_builder *builder, trace_index thread, trace_index leaf)
{
    struct trace_value *value = trace_add_value(builder, thread, 7, 3, 2);
    trace_add_value_leaf(builder, value, leaf, 2);
    value = trace_add_value(builder, thread, UINT64_MAX, 1, 1);
    value->form = TRACE_VALUE_SIGNED;
    trace_add_value_leaf(builder, value, leaf, 1);
    value = trace_add_value(builder, thread, 0, 9, 9);
    value->flags = TRACE_VALUE_REST | TRACE_VALUE_INCOMPLETE;
}

#endif
