/*
 * snapshot.c - the checked contents of a trace file.
 *
 * Nothing that the program could have written is trusted: see snapshot.h.
 */
#include "trace/snapshot.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/nanoseconds.h"
#include "base/sum.h"
#include "trace/clock_rate.h"
#include "trace/durations.h"
#include "trace/head.h"
#include "trace/open/calls.h"
#include "trace/records.h"
#include "trace/root/values.h"
#include "trace/tasks/tasks.h"
#include "trace/words.h"
#include "trace_format.h"

#define PATH_BYTES    4096
#define COMMAND_BYTES (128 * 1024) /* Linux's limit for one argument, MAX_ARG_STRLEN */
#define TEXT_BYTES    sizeof(((struct trace_text *)0)->bytes)

struct text {
    struct text *next;
    char bytes[];
};

/* A snapshot and what it owns in addition to the arrays. */
struct owned_snapshot {
    struct snapshot snapshot; /* first: snapshot_destroy gets its address */
    struct text *texts;
};

struct leaf_name {
    const char *text;
    uint32_t flags; /* TRACE_NAME_WAKES, ... */
};

struct reader {
    struct trace_header header;
    struct records *records;
    uint32_t count;
    uint32_t *places; /* index of a record in modules[], threads[], names[] or nodes[] */
    struct leaf_name *names;
    size_t name_count;
    struct owned_snapshot *owned;
    size_t text_left;                         /* how many bytes texts may still take */
    size_t call_leaf_count, call_leaves_left; /* CALL_LEAF records, and those not taken yet */
    struct clock_rate rate;
    bool has_nodes;
    struct snapshot *snapshot;
};

/* Returns memory that lives as long as the snapshot; NULL when out of memory, which is noted. */
static char *snapshot_add_text(struct reader *reader, size_t size)
{
    struct text *text = malloc(sizeof *text + size);
    if (text == NULL) {
        reader->records->error = -ENOMEM;
        return NULL;
    }
    text->next = reader->owned->texts;
    reader->owned->texts = text;
    reader->text_left -= size;
    return text->bytes;
}

/* Copies a string from its TEXT records; NULL if they are inconsistent. With strings that share
 * records, a small file could ask for much memory, so they take no more than strings with
 * separate records can have. */
static const char *read_string(struct reader *reader, struct trace_string string, size_t length_max)
{
    size_t length = string.length;
    if (length > length_max || length >= reader->text_left)
        return NULL;
    size_t pieces = (length + TEXT_BYTES - 1) / TEXT_BYTES;
    if (pieces && (string.first < TRACE_FIRST_RECORD || string.first >= reader->count ||
                      pieces > reader->count - string.first))
        return NULL;
    char *text = snapshot_add_text(reader, length + 1);
    for (size_t i = 0; text && i < pieces; i++) {
        union trace_record record;
        size_t done = i * TEXT_BYTES;
        records_look(reader->records, string.first + (trace_index)i, &record);
        if (record.kind != TRACE_TEXT)
            return NULL;
        memcpy(text + done, record.text.bytes,
            length - done < TEXT_BYTES ? length - done : TEXT_BYTES);
    }
    if (text)
        text[length] = '\0';
    return text;
}

/* Returns the index at which the record `index` was stored, if it is of that kind and was
 * consistent. */
static uint32_t snapshot_place_of(const struct reader *reader, trace_index index, uint32_t kind)
{
    return records_place(reader->records, reader->places, index, kind);
}

static bool add_module(struct reader *reader, const struct trace_module *record, uint32_t *place)
{
    struct snapshot *snapshot = reader->snapshot;
    struct snapshot_module *module = &snapshot->modules[snapshot->module_count];
    const char *path = read_string(reader, record->path, PATH_BYTES);
    if (path == NULL || path[0] == '\0' || record->build_id_size > sizeof record->build_id)
        return false;
    module->path = path;
    module->identity.build_id_size = record->build_id_size;
    if (record->build_id_size) {
        memcpy(module->identity.build_id, record->build_id, sizeof record->build_id);
    } else {
        module->identity.device = record->file.device;
        module->identity.inode = record->file.inode;
        module->identity.changed_ns = record->file.changed_ns;
    }
    *place = (uint32_t)snapshot->module_count++;
    return true;
}

#define LATE_MAX UINT64_C(100000000) /* ns; see usage_is_possible */

/* A thread cannot have taken more processor time than time. */
static void fill_times(
    const struct reader *reader, const struct trace_thread *record, struct snapshot_thread *thread)
{
    uint32_t timed = record->timed;
    uint64_t ran_ns = clock_rate_duration_ns(&reader->rate, record->ran_ticks);
    uint64_t cpu_ns = record->cpu_ns;
    if (timed == 0 && thread->successors == 0)
        thread->begun_ns = clock_rate_moment_ns(&reader->rate, record->begun_ticks);
    if (timed != (uint64_t)thread->successors + 1 || ran_ns == 0 || cpu_ns == 0 ||
        ran_ns > now_ns() || cpu_ns > ran_ns + LATE_MAX)
        return;
    thread->ran_ns = ran_ns;
    thread->cpu_ns = cpu_ns < ran_ns ? cpu_ns : ran_ns;
}

static void add_thread(struct reader *reader, const struct trace_thread *record, uint32_t *place)
{
    struct snapshot *snapshot = reader->snapshot;
    struct snapshot_thread *thread = &snapshot->threads[snapshot->thread_count];
    thread->tid = record->tid;
    memcpy(thread->name, record->name, sizeof thread->name);
    thread->name[sizeof thread->name - 1] = '\0';
    thread->successors = record->successors;
    thread->first_ns = clock_rate_moment_ns(&reader->rate, record->first_ticks);
    fill_times(reader, record, thread);
    *place = (uint32_t)snapshot->thread_count++;
}

static bool add_leaf_name(
    struct reader *reader, const struct trace_leaf_name *record, uint32_t *place)
{
    const char *name = read_string(reader, record->name, PATH_BYTES);
    if (name == NULL || name[0] == '\0')
        return false;
    bool is_waker = record->flags & TRACE_NAME_WAKES;
    uint64_t untimed = record->untimed;
    if (untimed && !is_waker)
        reader->snapshot->untimed[reader->snapshot->untimed_count++] = (struct snapshot_untimed){
            name, untimed};
    reader->names[reader->name_count] = (struct leaf_name){name, record->flags};
    *place = (uint32_t)reader->name_count++;
    return true;
}

static bool add_untraced(struct reader *reader, const struct trace_untraced_program *record)
{
    struct snapshot *snapshot = reader->snapshot;
    const char *path = read_string(reader, record->path, PATH_BYTES);
    if (path == NULL || path[0] == '\0' || trace_untraced_text(record->reason) == NULL)
        return false;
    if (record->count == 0)
        return true; /* the execution failed after all */
    snapshot->untraced[snapshot->untraced_count++] = (struct snapshot_untraced){
        path, record->reason, record->count};
    return true;
}

static bool fill_within(const struct reader *reader, uint64_t index, struct snapshot_node *node)
{
    uint32_t name = index < reader->count
                        ? snapshot_place_of(reader, (trace_index)index, TRACE_LEAF_NAME)
                        : SNAPSHOT_NONE;
    node->within = name == SNAPSHOT_NONE ? NULL : reader->names[name].text;
    return index == 0 || node->within != NULL;
}

static bool fill_leaf(
    const struct reader *reader, const struct trace_node *record, struct snapshot_node *node)
{
    struct snapshot *snapshot = reader->snapshot;
    uint32_t name = snapshot_place_of(reader, record->module, TRACE_LEAF_NAME);
    if (name == SNAPSHOT_NONE || !fill_within(reader, record->jumper, node))
        return false;
    uint64_t hits = record->hits, returns = record->returns;
    node->kind = SNAPSHOT_LEAF;
    node->module = SNAPSHOT_NONE;
    node->leaf = (uint32_t)snapshot->leaf_count;
    snapshot->leaves[snapshot->leaf_count++] = (struct snapshot_leaf){
        .name = reader->names[name].text,
        .hits = hits,
        .returns = returns < hits ? returns : hits,
        .total_ns = clock_rate_duration_ns(&reader->rate, record->ticks),
        .longest_ns = clock_rate_duration_ns(&reader->rate, record->longest),
        .entered_ns = clock_rate_moment_ns(&reader->rate, record->entered),
        .is_switch = reader->names[name].flags & TRACE_NAME_SWITCHES,
    };
    return true;
}

static bool fill_frame(const struct reader *reader, uint32_t kind, const struct trace_node *record,
    struct snapshot_node *node)
{
    node->module = snapshot_place_of(reader, record->module, TRACE_MODULE);
    if (record->module && node->module == SNAPSHOT_NONE)
        return false;
    node->kind = kind == TRACE_FRAME ? SNAPSHOT_FRAME : SNAPSHOT_INTERRUPTED;
    node->address = record->address;
    node->flags = record->flags & UINT8_MAX;
    return fill_within(reader, record->flags >> TRACE_WITHIN_LEAF_SHIFT, node);
}

/* Nodes are taken in order: a later node has no index yet, so no path is circular. */
static bool fill_caller(
    const struct reader *reader, const struct trace_node *record, struct snapshot_node *node)
{
    node->caller = SNAPSHOT_NONE;
    if (record->caller == 0)
        return true;
    node->caller = snapshot_place_of(reader, record->caller, TRACE_FRAME);
    if (node->caller == SNAPSHOT_NONE)
        node->caller = snapshot_place_of(reader, record->caller, TRACE_INTERRUPTED);
    return node->caller != SNAPSHOT_NONE &&
           reader->snapshot->nodes[node->caller].thread == node->thread;
}

/* Returns whether the node is there only because others waited for its call. */
static bool is_of_waker(const struct reader *reader, uint32_t kind, const struct trace_node *record)
{
    uint32_t name = kind == TRACE_LEAF ? snapshot_place_of(reader, record->module, TRACE_LEAF_NAME)
                                       : SNAPSHOT_NONE;
    return name != SNAPSHOT_NONE && reader->names[name].flags & TRACE_NAME_WAKES;
}

static bool add_node(
    struct reader *reader, uint32_t kind, const struct trace_node *record, uint32_t *place)
{
    struct snapshot *snapshot = reader->snapshot;
    struct snapshot_node node = {.thread = snapshot_place_of(reader, record->thread, TRACE_THREAD)};
    if (node.thread == SNAPSHOT_NONE || !fill_caller(reader, record, &node))
        return false;
    if (is_of_waker(reader, kind, record))
        return true; /* see read_waker */
    bool is_whole = kind == TRACE_LEAF ? fill_leaf(reader, record, &node)
                                       : fill_frame(reader, kind, record, &node);
    if (!is_whole)
        return false;
    if (kind == TRACE_LEAF)
        snapshot->leaves[node.leaf].record = (uint32_t)(place - reader->places);
    *place = (uint32_t)snapshot->node_count;
    snapshot->nodes[snapshot->node_count++] = node;
    return true;
}

/* Returns whether no node points at records of this kind. */
static bool is_after_nodes(uint32_t kind)
{
    return kind >= TRACE_CALL && kind <= TRACE_VALUE_LEAF && kind != TRACE_UNTRACED;
}

/* Takes every record that nodes point at, or every node. */
static void add_records(struct reader *reader, bool nodes)
{
    for (uint32_t i = TRACE_FIRST_RECORD; i < reader->count; i++) {
        union trace_record record;
        uint32_t kind = reader->records->kinds[i], *place = &reader->places[i];
        bool is_whole = true;
        if (records_is_node(kind) != nodes || is_after_nodes(kind) || kind == TRACE_FREE ||
            kind == TRACE_TEXT)
            continue;
        records_look(reader->records, i, &record);
        switch (kind) {
        case TRACE_MODULE: is_whole = add_module(reader, &record.module, place); break;
        case TRACE_THREAD: add_thread(reader, &record.thread, place); break;
        case TRACE_LEAF_NAME: is_whole = add_leaf_name(reader, &record.leaf_name, place); break;
        case TRACE_UNTRACED: is_whole = add_untraced(reader, &record.untraced); break;
        default: is_whole = nodes && add_node(reader, kind, &record.node, place); break;
        }
        reader->snapshot->malformed += !is_whole;
    }
}

/* Adds to a leaf the returns that were counted in other threads. */
static bool add_elsewhere(struct reader *reader, trace_index index)
{
    union trace_record copy;
    const struct trace_elsewhere *record = &copy.elsewhere;
    records_look(reader->records, index, &copy);
    uint32_t place = snapshot_place_of(reader, record->node, TRACE_LEAF);
    if (place == SNAPSHOT_NONE)
        return false;
    struct snapshot *snapshot = reader->snapshot;
    struct snapshot_leaf *leaf = &snapshot->leaves[snapshot->nodes[place].leaf];
    uint64_t longest_ns = clock_rate_duration_ns(&reader->rate, record->longest);
    uint64_t open = leaf->hits - leaf->returns, returns = record->returns;
    leaf->returns += returns < open ? returns : open;
    leaf->total_ns = add_clamped(
        leaf->total_ns, clock_rate_duration_ns(&reader->rate, record->ticks));
    if (longest_ns > leaf->longest_ns)
        leaf->longest_ns = longest_ns;
    return true;
}

static void add_all_elsewhere(struct reader *reader)
{
    for (uint32_t i = TRACE_FIRST_RECORD; i < reader->count; i++)
        if (reader->records->kinds[i] == TRACE_LEFT_ELSEWHERE)
            reader->snapshot->malformed += !add_elsewhere(reader, i);
}

static bool fill_call_leaf(
    const struct reader *reader, trace_index index, const struct snapshot_call *call)
{
    if (index < TRACE_FIRST_RECORD || index >= reader->count ||
        reader->records->kinds[index] != TRACE_CALL_LEAF)
        return false;
    union trace_record copy;
    const struct trace_call_leaf *record = &copy.call_leaf;
    records_look(reader->records, index, &copy);
    uint32_t node = snapshot_place_of(reader, record->node, TRACE_LEAF);
    if (node == SNAPSHOT_NONE || reader->snapshot->nodes[node].thread != call->thread)
        return false;
    call->leaves[call->leaf_count] = (struct snapshot_call_leaf){
        node, record->hits, clock_rate_duration_ns(&reader->rate, record->ticks)};
    return true;
}

/* Each CALL_LEAF belongs to one call, so there is only room for their number. The list of an
 * open call grows while it is read, and its new elements may point at records that the first
 * reading did not see. */
static bool fill_call_leaves(
    struct reader *reader, const struct trace_call *record, struct snapshot_call *call)
{
    for (uint32_t i = 0; i < record->leaves; i++) {
        if (reader->call_leaves_left == 0 || !fill_call_leaf(reader, record->first + i, call)) {
            call->is_incomplete = true;
            return call->is_open;
        }
        call->leaf_count++;
        reader->call_leaves_left--;
    }
    return true;
}

/* Returns whether an open call has been counted already: the process died after it had counted
 * the call, and before it had closed it. */
static bool is_counted(const struct reader *reader, const struct trace_call *record)
{
    trace_index counter = record->counter;
    if (!(record->flags & TRACE_CALL_OPEN) || counter < TRACE_FIRST_RECORD ||
        counter >= reader->count || reader->records->kinds[counter] != TRACE_CALL)
        return false;
    union trace_record copy;
    records_look(reader->records, counter, &copy);
    return copy.call.count >= record->longest;
}

static bool snapshot_add_call(struct reader *reader, trace_index index)
{
    union trace_record copy;
    const struct trace_call *record = &copy.call;
    records_look(reader->records, index, &copy);
    struct snapshot *snapshot = reader->snapshot;
    struct snapshot_call call = {
        .thread = snapshot_place_of(reader, record->thread, TRACE_THREAD),
        .leaves = snapshot->call_leaves + (reader->call_leaf_count - reader->call_leaves_left),
        .count = record->count,
        .total_ns = clock_rate_duration_ns(&reader->rate, record->ticks),
        .longest_ns = clock_rate_duration_ns(&reader->rate, record->longest),
        .jumped = record->jumped < record->count ? record->jumped : record->count,
        .entered_ns = clock_rate_moment_ns(&reader->rate, record->entered),
        .is_open = (record->flags & TRACE_CALL_OPEN) != 0,
        .is_rest = (record->flags & TRACE_CALL_REST) != 0,
        .is_incomplete = (record->flags & TRACE_CALL_INCOMPLETE) != 0,
    };
    if (call.count == 0 || is_counted(reader, record))
        return true; /* there is no open call, or this one is not counted yet */
    if (call.thread == SNAPSHOT_NONE || !fill_call_leaves(reader, record, &call))
        return false;
    snapshot->calls[snapshot->call_count++] = call;
    return true;
}

static void snapshot_add_calls(struct reader *reader)
{
    for (uint32_t i = TRACE_FIRST_RECORD; i < reader->count; i++)
        if (reader->records->kinds[i] == TRACE_CALL)
            reader->snapshot->malformed += !snapshot_add_call(reader, i);
}

static const char *read_object_text(void *reader, struct trace_string string)
{
    return read_string(reader, string, PATH_BYTES);
}

/* See objects_source.waker. */
static bool read_waker(void *argument, trace_index index, struct snapshot_waker *waker)
{
    struct reader *reader = argument;
    if (index < TRACE_FIRST_RECORD || index >= reader->count ||
        reader->records->kinds[index] != TRACE_LEAF)
        return false;
    union trace_record copy;
    records_look(reader->records, index, &copy);
    uint32_t name = snapshot_place_of(reader, copy.node.module, TRACE_LEAF_NAME);
    struct snapshot_node node = {
        .thread = snapshot_place_of(reader, copy.node.thread, TRACE_THREAD)};
    if (name == SNAPSHOT_NONE || !fill_caller(reader, &copy.node, &node))
        return false;
    *waker = (struct snapshot_waker){reader->names[name].text, node.caller};
    return true;
}

static uint32_t read_place(void *argument, trace_index leaf)
{
    struct snapshot_waker waker = {.caller = SNAPSHOT_NONE};
    return read_waker(argument, leaf, &waker) ? waker.caller : SNAPSHOT_NONE;
}

static uint32_t read_thread(void *argument, trace_index thread)
{
    return snapshot_place_of(argument, thread, TRACE_THREAD);
}

static int snapshot_add_open(struct reader *reader)
{
    const struct tasks_source source = {read_place, read_thread, reader, &reader->rate};
    int error = tasks_add(reader->snapshot, &reader->records->tasks, &source);
    return error ? error
                 : open_calls_add(reader->snapshot, reader->records, reader->places, &reader->rate);
}

static struct objects_leaf snapshot_objects_leaf(const void *snapshot, uint32_t index)
{
    const struct snapshot *of = snapshot;
    const struct snapshot_leaf *leaf = snapshot_leaf_of(of, &of->nodes[index]);
    return (struct objects_leaf){leaf->hits, leaf->returns, leaf->total_ns, leaf->longest_ns};
}

void snapshot_settle_objects(struct snapshot *snapshot)
{
    objects_settle(&snapshot->objects, snapshot_objects_leaf, snapshot);
}

static int add_objects(struct reader *reader)
{
    struct snapshot *snapshot = reader->snapshot;
    struct objects_source source = {.records = reader->records,
        .count = reader->count,
        .places = reader->places,
        .rate = &reader->rate,
        .text = read_object_text,
        .waker = read_waker,
        .argument = reader};
    return objects_read(&snapshot->objects, &source, &snapshot->malformed);
}

static void add_header(struct reader *reader)
{
    const struct trace_header *header = &reader->header;
    struct snapshot *snapshot = reader->snapshot;
    head_add_numbers(snapshot, header);
    head_add_unhooked(snapshot, header);
    snapshot->has_times = reader->rate.ticks != 0;
    snapshot->taken_ns = now_ns();
    if (!usage_record_read(&snapshot->own, header, snapshot->taken_ns))
        snapshot->malformed++;
    snapshot->command = read_string(reader, header->command, COMMAND_BYTES);
    if (snapshot->command == NULL) {
        snapshot->command = "";
        snapshot->malformed++;
    }
    head_add_title(snapshot, header);
    uint32_t program = snapshot_place_of(reader, header->program, TRACE_MODULE);
    snapshot->program = program == SNAPSHOT_NONE ? "?" : snapshot->modules[program].path;
    snapshot->malformed += header->program != 0 && program == SNAPSHOT_NONE;
}

/* Allocates room for everything that the records can become. */
static int snapshot_allocate(struct reader *reader, struct owned_snapshot *owned)
{
    size_t modules = 0, threads = 0, names = 0, texts = 0, nodes = 0, leaves = 0, calls = 0,
           call_leaves = 0, untraced = 0;
    for (uint32_t i = TRACE_FIRST_RECORD; i < reader->count; i++) {
        uint32_t kind = reader->records->kinds[i];
        modules += kind == TRACE_MODULE;
        threads += kind == TRACE_THREAD;
        names += kind == TRACE_LEAF_NAME;
        texts += kind == TRACE_TEXT || kind == TRACE_FREE; /* or published since then */
        nodes += records_is_node(kind);
        leaves += kind == TRACE_LEAF;
        calls += kind == TRACE_CALL;
        call_leaves += kind == TRACE_CALL_LEAF;
        untraced += kind == TRACE_UNTRACED;
    }
    reader->has_nodes = nodes > 0;
    struct snapshot *snapshot = &owned->snapshot;
    snapshot->modules = calloc(modules + 1, sizeof *snapshot->modules);
    snapshot->threads = calloc(threads + 1, sizeof *snapshot->threads);
    snapshot->nodes = calloc(nodes + 1, sizeof *snapshot->nodes);
    snapshot->leaves = calloc(leaves + 1, sizeof *snapshot->leaves);
    snapshot->calls = calloc(calls + 1, sizeof *snapshot->calls);
    snapshot->call_leaves = calloc(call_leaves + 1, sizeof *snapshot->call_leaves);
    snapshot->untraced = calloc(untraced + 1, sizeof *snapshot->untraced);
    reader->call_leaf_count = reader->call_leaves_left = call_leaves;
    snapshot->untimed = calloc(names + 1, sizeof *snapshot->untimed);
    reader->text_left = texts * (TEXT_BYTES + 1) + 2; /* includes NULs, also those of empty
                                                       * strings */
    reader->names = calloc(names + 1, sizeof *reader->names);
    reader->places = malloc((reader->count + (size_t)1) * sizeof *reader->places);
    if (!snapshot->modules || !snapshot->threads || !snapshot->nodes || !snapshot->leaves ||
        !snapshot->calls || !snapshot->call_leaves || !snapshot->untimed || !snapshot->untraced ||
        !reader->names || !reader->places)
        return -ENOMEM;
    memset(reader->places, 0xff, reader->count * sizeof *reader->places);
    return 0;
}

struct snapshot *snapshot_create(void)
{
    return calloc(1, sizeof(struct owned_snapshot)); /* a snapshot is its first member */
}

int snapshot_make(const struct trace_header *header, struct records *records, struct snapshot **out)
{
    struct reader reader = {.header = *header, .records = records, .count = records->count};
    struct owned_snapshot *owned = calloc(1, sizeof *owned);
    int error = owned ? snapshot_allocate(&reader, owned) : -ENOMEM;
    if (error)
        goto out;
    reader.rate = clock_rate_find(header, reader.has_nodes);
    reader.owned = owned;
    reader.snapshot = &owned->snapshot;
    add_records(&reader, false);
    add_records(&reader, true);
    add_all_elsewhere(&reader);
    snapshot_add_calls(&reader);
    add_header(&reader);
    error = records->error;
    error = error ? error : durations_read(reader.snapshot, records, reader.places, &reader.rate);
    error = error ? error : values_read(reader.snapshot, records, reader.places, &reader.rate);
    error = error ? error : add_objects(&reader);
    error = error ? error : snapshot_add_open(&reader);
    error = error ? error : records->error;
    if (error)
        goto out;
    *out = &owned->snapshot;
    owned = NULL;
out:
    if (owned)
        snapshot_destroy(&owned->snapshot);
    free(reader.names);
    free(reader.places);
    return error;
}

void snapshot_destroy(struct snapshot *snapshot)
{
    if (snapshot == NULL)
        return;
    struct owned_snapshot *owned = (struct owned_snapshot *)snapshot;
    free(snapshot->modules);
    free(snapshot->threads);
    free(snapshot->nodes);
    free(snapshot->leaves);
    free(snapshot->duration_counts);
    free(snapshot->calls);
    free(snapshot->call_leaves);
    free(snapshot->open_calls);
    free(snapshot->values);
    free(snapshot->value_leaves);
    objects_finish(&snapshot->objects);
    free(snapshot->tasks);
    free(snapshot->untimed);
    free(snapshot->untraced);
    while (owned->texts) {
        struct text *next = owned->texts->next;
        free(owned->texts);
        owned->texts = next;
    }
    free(owned);
}
