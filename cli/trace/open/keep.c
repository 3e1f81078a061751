/*
 * keep.c - makes of a snapshot what its calls that have not returned say.
 */
#include "trace/open/keep.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include "trace/open/calls.h"
#include "trace/open/owners.h"
#include "trace/snapshot.h"

/* ---- calls without a record ---- */

/* What a thread does that has no open call. */
struct latest {
    uint32_t node; /* the leaf that it has entered last, or SNAPSHOT_NONE */
    uint64_t entered_ns;
    bool has_open_call;
};

/* A call of a fiber, or of nobody, may be that of the leaf that was entered last. */
static void keep_find_latest(const struct snapshot *snapshot, struct latest *threads)
{
    for (size_t i = 0; i < snapshot->thread_count; i++)
        threads[i].node = SNAPSHOT_NONE;
    for (size_t i = 0; i < snapshot->open_call_count; i++)
        threads[snapshot->nodes[snapshot->open_calls[i].node].thread].has_open_call = true;
    for (uint32_t i = 0; i < snapshot->node_count; i++) {
        const struct snapshot_leaf *leaf = snapshot_leaf_of(snapshot, &snapshot->nodes[i]);
        struct latest *latest = &threads[snapshot->nodes[i].thread];
        if (leaf == NULL || leaf->entered_ns == 0 || leaf->entered_ns < latest->entered_ns)
            continue;
        latest->node = i;
        latest->entered_ns = leaf->entered_ns;
    }
}

static uint32_t object_of(const struct snapshot *snapshot, uint32_t node)
{
    size_t count = 0;
    const struct snapshot_object_calls *calls = objects_of(&snapshot->objects, node, &count);
    for (size_t i = 0; i < count; i++)
        if (calls[i].hits > calls[i].returns)
            return calls[i].object;
    return OBJECTS_NONE;
}

/* Adds the calls of threads of which no record says anything. */
static int add_unrecorded(struct snapshot *snapshot)
{
    struct latest *threads = calloc(snapshot->thread_count + 1, sizeof *threads);
    struct snapshot_open_call *calls = reallocarray(snapshot->open_calls,
        snapshot->open_call_count + snapshot->thread_count + 1, sizeof *calls);
    bool has_memory = threads && calls;
    if (calls)
        snapshot->open_calls = calls;
    if (has_memory)
        keep_find_latest(snapshot, threads);
    for (size_t i = 0; has_memory && i < snapshot->thread_count; i++) {
        uint32_t node = threads[i].has_open_call ? SNAPSHOT_NONE : threads[i].node;
        if (node == SNAPSHOT_NONE)
            continue;
        const struct snapshot_leaf *leaf = snapshot_leaf_of(snapshot, &snapshot->nodes[node]);
        if (leaf->hits > leaf->returns)
            calls[snapshot->open_call_count++] = (struct snapshot_open_call){
                .node = node, .object = object_of(snapshot, node), .since_ns = leaf->entered_ns};
    }
    free(threads);
    return has_memory ? 0 : -ENOMEM;
}

/* ---- counting ---- */

static void drop_nobodys(struct snapshot *snapshot)
{
    size_t kept = 0;
    for (size_t i = 0; i < snapshot->open_call_count; i++)
        if (snapshot->open_calls[i].owner != OPEN_NOBODY)
            snapshot->open_calls[kept++] = snapshot->open_calls[i];
    snapshot->open_call_count = kept;
}

static void forget_calls(struct snapshot *snapshot)
{
    for (size_t i = 0; i < snapshot->leaf_count; i++)
        snapshot->leaves[i] = (struct snapshot_leaf){.name = snapshot->leaves[i].name};
    snapshot->call_count = 0;
    snapshot->value_count = 0;
    snapshot->untimed_count = 0;
    snapshot->unseen_calls = snapshot->deep_calls = 0;
}

static void keep_count_call(
    struct snapshot *snapshot, const struct snapshot_open_call *call, uint64_t now_ns)
{
    struct snapshot_leaf *leaf = &snapshot->leaves[snapshot->nodes[call->node].leaf];
    leaf->hits++;
    if (call->since_ns > leaf->entered_ns)
        leaf->entered_ns = call->since_ns;
    ages_add(&leaf->ages, ages_of(call->since_ns, now_ns));
}

/* ---- objects ---- */

static const struct snapshot_object_calls *find_calls(
    const struct objects *objects, uint32_t node, uint32_t object)
{
    size_t count = 0;
    const struct snapshot_object_calls *calls = objects_of(objects, node, &count);
    for (size_t i = 0; i < count; i++)
        if (calls[i].object == object)
            return &calls[i];
    return NULL;
}

/* The holder is that of the latest call for the object. */
static struct snapshot_object_calls begin_calls(
    const struct objects *objects, const struct snapshot_open_call *call)
{
    const struct snapshot_object_calls *before = find_calls(objects, call->node, call->object);
    return (struct snapshot_object_calls){.node = call->node,
        .object = call->object,
        .holder = before ? before->holder : 0,
        .ended_by = OBJECTS_NONE,
        .longest_ended_by = OBJECTS_NONE};
}

/* Fills in the new list, in which the calls of a leaf stand together. A leaf has few objects. */
static size_t count_objects(
    const struct snapshot *snapshot, struct snapshot_object_calls *list, uint64_t now_ns)
{
    size_t count = 0, first = 0;
    for (size_t i = 0; i < snapshot->open_call_count; i++) {
        const struct snapshot_open_call *call = &snapshot->open_calls[i];
        size_t at = first = count > 0 && list[count - 1].node == call->node ? first : count;
        if (call->object == OBJECTS_NONE)
            continue;
        while (at < count && list[at].object != call->object)
            at++;
        if (at == count)
            list[count++] = begin_calls(&snapshot->objects, call);
        list[at].hits++;
        ages_add(&list[at].ages, ages_of(call->since_ns, now_ns));
    }
    return count;
}

int snapshot_keep_open(struct snapshot *snapshot, uint64_t now_ns)
{
    int error = add_unrecorded(snapshot);
    if (error)
        return error;
    drop_nobodys(snapshot);
    error = open_calls_split(snapshot);
    struct snapshot_object_calls *list = calloc(snapshot->open_call_count + 1, sizeof *list);
    if (error || list == NULL) {
        free(list);
        return -ENOMEM;
    }
    open_calls_sort(snapshot);
    size_t count = count_objects(snapshot, list, now_ns);
    free(snapshot->objects.calls);
    snapshot->objects.calls = list;
    snapshot->objects.call_count = count;
    forget_calls(snapshot);
    for (size_t i = 0; i < snapshot->open_call_count; i++)
        keep_count_call(snapshot, &snapshot->open_calls[i], now_ns);
    return 0;
}
