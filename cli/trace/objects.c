/*
 * objects.c - what calls of leaves have waited for: descriptors, locks, processes and so on.
 */
#include "trace/objects.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/array.h"
#include "trace/clock_rate.h"
#include "trace/records.h"

bool objects_is_lock(uint32_t type)
{
    return type >= TRACE_OBJECT_MUTEX && type <= TRACE_OBJECT_FUTEX;
}

/* ---- records ---- */

static uint32_t objects_place_of(
    const struct objects_source *source, trace_index index, uint32_t kind)
{
    return records_place(source->records, source->places, index, kind);
}

bool objects_is_address(const struct trace_address *address)
{
    return address->family == 0 || address->family == AF_INET || address->family == AF_INET6;
}

static bool fill_text(const struct objects_source *source, const struct trace_object *record,
    struct snapshot_object *object)
{
    if (record->text.length == 0)
        return true;
    object->text = source->text(source->argument, record->text);
    return object->text != NULL;
}

static bool fill_lock(const struct objects_source *source, const struct trace_object *record,
    struct snapshot_object *object)
{
    object->address = record->lock.address;
    if (record->lock.module == 0)
        return true;
    object->module = objects_place_of(source, record->lock.module, TRACE_MODULE);
    return object->module != OBJECTS_NONE;
}

static bool fill_addresses(const struct trace_object *record, struct snapshot_object *object)
{
    object->addresses[0] = record->inet.local;
    object->addresses[1] = record->inet.peer;
    return objects_is_address(&record->inet.local) && objects_is_address(&record->inet.peer);
}

static bool fill_file(const struct trace_object *record, struct snapshot_object *object)
{
    object->file.device = record->file.device;
    object->file.inode = record->file.inode;
    object->file.pid = record->file.pid;
    return true;
}

/* The members are records at first: they may stand behind their set. */
static void fill_set(const struct trace_object *record, struct snapshot_object *object)
{
    bool is_whole = record->set.check == trace_set_check(&record->set);
    object->set.count = is_whole ? record->set.count : 0;
    for (uint32_t i = 0; i < TRACE_SET_MEMBERS; i++)
        object->set.members[i] = is_whole ? record->set.members[i] : 0;
}

static bool fill_kind(const struct objects_source *source, const struct trace_object *record,
    struct snapshot_object *object)
{
    switch (object->type) {
    case TRACE_OBJECT_INET: return fill_addresses(record, object);
    case TRACE_OBJECT_FILE:
    case TRACE_OBJECT_PIPE:
    case TRACE_OBJECT_ANONYMOUS:
    case TRACE_OBJECT_UNIX: return fill_file(record, object);
    case TRACE_OBJECT_SET: fill_set(record, object); return true;
    default: return !objects_is_lock(object->type) || fill_lock(source, record, object);
    }
}

static bool objects_add_one(
    struct objects *objects, const struct objects_source *source, trace_index index)
{
    union trace_record copy;
    const struct trace_object *record = &copy.object;
    records_look(source->records, index, &copy);
    struct snapshot_object object = {
        .type = record->type, .module = OBJECTS_NONE, .record = index, .id = record->id};
    if (object.type == TRACE_OBJECT_NOTHING || object.type >= TRACE_OBJECT_TYPES ||
        !fill_text(source, record, &object) || !fill_kind(source, record, &object))
        return false;
    source->places[index] = (uint32_t)objects->count;
    objects->list[objects->count++] = object;
    return true;
}

void objects_check_sets(struct objects *objects)
{
    for (size_t i = 0; i < objects->count; i++) {
        struct snapshot_object *set = &objects->list[i];
        for (uint32_t k = 0; set->type == TRACE_OBJECT_SET && k < TRACE_SET_MEMBERS; k++) {
            uint32_t *member = &set->set.members[k];
            if (*member >= objects->count || objects->list[*member].type == TRACE_OBJECT_SET)
                *member = OBJECTS_NONE;
        }
    }
}

static void objects_find_members(struct objects *objects, const struct objects_source *source)
{
    for (size_t i = 0; i < objects->count; i++) {
        struct snapshot_object *set = &objects->list[i];
        for (uint32_t k = 0; set->type == TRACE_OBJECT_SET && k < TRACE_SET_MEMBERS; k++)
            set->set.members[k] = objects_place_of(source, set->set.members[k], TRACE_OBJECT);
    }
    objects_check_sets(objects);
}

/* There is room for two of each object's calls. */
static uint32_t add_waker(
    struct objects *objects, const struct objects_source *source, trace_index node)
{
    if (!source->waker(source->argument, node, &objects->wakers[objects->waker_count]))
        return OBJECTS_NONE;
    return (uint32_t)objects->waker_count++;
}

static bool add_object_calls(
    struct objects *objects, const struct objects_source *source, trace_index index)
{
    union trace_record copy;
    const struct trace_object_calls *record = &copy.object_calls;
    records_look(source->records, index, &copy);
    trace_index ended_by = record->ended_by, longest_ended_by = record->longest_ended_by;
    struct snapshot_object_calls calls = {
        .node = objects_place_of(source, record->node, TRACE_LEAF),
        .object = objects_place_of(source, record->object, TRACE_OBJECT),
        .hits = record->hits,
        .returns = record->returns,
        .total_ns = clock_rate_duration_ns(source->rate, record->ticks),
        .longest_ns = clock_rate_duration_ns(source->rate, record->longest),
        .holder = record->holder,
        .longest_holder = record->longest_holder,
    };
    if (calls.node == OBJECTS_NONE || calls.object == OBJECTS_NONE)
        return false;
    calls.ended_by = add_waker(objects, source, ended_by);
    calls.longest_ended_by = longest_ended_by == ended_by
                                 ? calls.ended_by
                                 : add_waker(objects, source, longest_ended_by);
    objects->calls[objects->call_count++] = calls;
    return true;
}

static int objects_allocate(struct objects *objects, const struct objects_source *source)
{
    size_t count = 0, calls = 0;
    for (uint32_t i = TRACE_FIRST_RECORD; i < source->count; i++) {
        count += source->records->kinds[i] == TRACE_OBJECT;
        calls += source->records->kinds[i] == TRACE_OBJECT_CALLS;
    }
    if (count == 0)
        return 0;
    objects->list = calloc(count, sizeof *objects->list);
    objects->calls = calloc(calls + 1, sizeof *objects->calls);
    objects->wakers = calloc(2 * calls + 1, sizeof *objects->wakers);
    return objects->list && objects->calls && objects->wakers ? 0 : -ENOMEM;
}

int objects_read(struct objects *objects, const struct objects_source *source, uint64_t *malformed)
{
    int error = objects_allocate(objects, source);
    if (error)
        return error;
    for (uint32_t i = TRACE_FIRST_RECORD; i < source->count; i++)
        if (source->records->kinds[i] == TRACE_OBJECT)
            *malformed += !objects_add_one(objects, source, i);
    objects_find_members(objects, source);
    for (uint32_t i = TRACE_FIRST_RECORD; i < source->count; i++)
        if (source->records->kinds[i] == TRACE_OBJECT_CALLS)
            *malformed += objects->calls == NULL || !add_object_calls(objects, source, i);
    return 0;
}

/* ---- sums ---- */

static uint64_t objects_least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* `left`: what the leaf's other objects have left. */
static void settle_calls(struct snapshot_object_calls *calls, struct objects_leaf *left)
{
    uint64_t returns = objects_least(calls->returns, calls->hits);
    uint64_t open = objects_least(calls->hits - returns, left->hits - left->returns);
    calls->returns = objects_least(calls->hits - open, left->returns);
    calls->hits = calls->returns + open;
    calls->total_ns = objects_least(calls->total_ns, left->total_ns);
    calls->longest_ns = objects_least(
        objects_least(calls->longest_ns, left->longest_ns), calls->total_ns);
    left->hits -= calls->hits;
    left->returns -= calls->returns;
    left->total_ns -= calls->total_ns;
}

static int compare_calls(const void *left, const void *right)
{
    const struct snapshot_object_calls *a = left, *b = right;
    if (a->node != b->node)
        return a->node < b->node ? -1 : 1;
    return a->object < b->object ? -1 : a->object > b->object;
}

void objects_settle(struct objects *objects,
    struct objects_leaf (*leaf_of)(const void *argument, uint32_t node), const void *argument)
{
    struct objects_leaf left = {0};
    if (objects->call_count == 0)
        return;
    qsort(objects->calls, objects->call_count, sizeof *objects->calls, compare_calls);
    for (size_t i = 0; i < objects->call_count; i++) {
        struct snapshot_object_calls *calls = &objects->calls[i];
        if (i == 0 || calls[-1].node != calls->node)
            left = leaf_of(argument, calls->node);
        settle_calls(calls, &left);
    }
}

static int compare_to_node(const void *key, const void *element)
{
    uint32_t node = *(const uint32_t *)key;
    const struct snapshot_object_calls *calls = element;
    return node < calls->node ? -1 : node > calls->node;
}

const struct snapshot_object_calls *objects_of(
    const struct objects *objects, uint32_t node, size_t *count)
{
    size_t first = array_find_run(
        objects->calls, objects->call_count, sizeof *objects->calls, compare_to_node, &node, count);
    return *count ? &objects->calls[first] : NULL;
}

const char *objects_keep_text(struct objects *objects, const char *text)
{
    if (array_reserve(&objects->texts, objects->kept_texts, 1, &objects->text_room,
            sizeof *objects->texts) != 0)
        return NULL;
    char *copy = strdup(text);
    if (copy)
        objects->texts[objects->kept_texts++] = copy;
    return copy;
}

int objects_add(struct objects *objects, const struct snapshot_object *object, uint32_t *index)
{
    struct snapshot_object *list = realloc(objects->list, (objects->count + 1) * sizeof *list);
    if (list == NULL)
        return -ENOMEM;
    objects->list = list;
    *index = (uint32_t)objects->count;
    list[objects->count++] = *object;
    return 0;
}

int objects_name(
    struct objects *objects, struct snapshot_object *object, const char *variable, uint64_t offset)
{
    const char *name = objects_keep_text(objects, variable);
    if (name == NULL)
        return -ENOMEM;
    object->variable = name;
    object->offset = offset;
    return 0;
}

void objects_finish(struct objects *objects)
{
    for (size_t i = 0; i < objects->kept_texts; i++)
        free(objects->texts[i]);
    free(objects->texts);
    free(objects->list);
    free(objects->calls);
    free(objects->wakers);
    *objects = (struct objects){0};
}
