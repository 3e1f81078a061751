/*
 * owners.c - whose the calls are that have not returned.
 *
 * The nodes of a thread stand together, and callers come before what they have called. So the new
 * nodes come last, owner by owner, and of each path the outermost one first.
 */
#include "trace/open/owners.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/array.h"
#include "trace/snapshot.h"

#define FIBERS_NAME "fiber"

/* A hostile trace may have a thread for each call, and long paths. */
#define COPIES_MAX (1u << 20)

struct split {
    struct snapshot *snapshot;
    struct snapshot_open_call **moved; /* malloc'ed; by owner */
    size_t moved_count;
    size_t thread_room, node_room, leaf_room, calls_room;
    uint32_t *copies;   /* malloc'ed; of each node the copy for the latest owner */
    size_t *copied_for; /* malloc'ed; of each node, 1 + that owner's thread; 0: there is no copy */
    uint32_t *path;     /* malloc'ed; room for all nodes */
};

static const struct snapshot_thread *tree_owner_of(
    const struct snapshot *snapshot, const struct snapshot_open_call *call)
{
    return &snapshot->threads[snapshot->nodes[call->node].thread];
}

/* Returns the id of the thread to which the call belongs. */
static int owner_id(const struct snapshot_open_call *call)
{
    return call->owner == OPEN_FIBER ? 0 : call->tid;
}

static bool is_owners_call(
    const struct snapshot_thread *thread, const struct snapshot_open_call *call)
{
    bool is_known = call->owner == OPEN_FIBER || call->tid != 0;
    return !is_known || thread->tid == owner_id(call);
}

/* Fibers come first. */
static int compare_owners(const void *left, const void *right)
{
    const struct snapshot_open_call *a = *(struct snapshot_open_call *const *)left;
    const struct snapshot_open_call *b = *(struct snapshot_open_call *const *)right;
    int owner_a = owner_id(a), owner_b = owner_id(b);
    if (owner_a != owner_b)
        return owner_a < owner_b ? -1 : 1;
    return (a->node > b->node) - (a->node < b->node);
}

static void list_moved(struct split *split)
{
    struct snapshot *snapshot = split->snapshot;
    for (size_t i = 0; i < snapshot->open_call_count; i++) {
        struct snapshot_open_call *call = &snapshot->open_calls[i];
        if (!is_owners_call(tree_owner_of(snapshot, call), call))
            split->moved[split->moved_count++] = call;
    }
    if (split->moved_count > 1)
        qsort(split->moved, split->moved_count, sizeof(void *), compare_owners);
}

/* The name is that of the tree, which is what its threads have in common. */
static int owners_add_thread(struct split *split, const struct snapshot_open_call *call)
{
    struct snapshot *snapshot = split->snapshot;
    struct snapshot_thread thread = {.tid = owner_id(call)};
    snprintf(thread.name, sizeof thread.name, "%s",
        call->owner == OPEN_FIBER ? FIBERS_NAME : tree_owner_of(snapshot, call)->name);
    if (array_reserve(&snapshot->threads, snapshot->thread_count, 1, &split->thread_room,
            sizeof *snapshot->threads) != 0)
        return -ENOMEM;
    snapshot->threads[snapshot->thread_count++] = thread;
    return 0;
}

/* The objects of the copy are those of the leaf: they tell who held a lock. */
static int copy_objects(struct split *split, uint32_t from, uint32_t to)
{
    struct objects *objects = &split->snapshot->objects;
    size_t count = 0;
    const struct snapshot_object_calls *first = objects_of(objects, from, &count);
    size_t at = count ? (size_t)(first - objects->calls) : 0;
    if (array_reserve(&objects->calls, objects->call_count, count, &split->calls_room,
            sizeof *objects->calls) != 0)
        return -ENOMEM;
    for (size_t i = 0; i < count; i++) {
        objects->calls[objects->call_count] = objects->calls[at + i];
        objects->calls[objects->call_count++].node = to;
    }
    return 0;
}

static int owners_copy_leaf(struct split *split, struct snapshot_node *node)
{
    struct snapshot *snapshot = split->snapshot;
    if (array_reserve(&snapshot->leaves, snapshot->leaf_count, 1, &split->leaf_room,
            sizeof *snapshot->leaves) != 0)
        return -ENOMEM;
    snapshot->leaves[snapshot->leaf_count] = (struct snapshot_leaf){
        .name = snapshot->leaves[node->leaf].name};
    node->leaf = (uint32_t)snapshot->leaf_count++;
    return 0;
}

/* Copies a node whose caller has been copied to the thread that was added last. */
static int owners_copy_node(struct split *split, uint32_t index)
{
    struct snapshot *snapshot = split->snapshot;
    struct snapshot_node node = snapshot->nodes[index];
    int error = 0;
    node.thread = (uint32_t)snapshot->thread_count - 1;
    if (node.caller != SNAPSHOT_NONE)
        node.caller = split->copies[node.caller];
    if (node.kind == SNAPSHOT_LEAF)
        error = owners_copy_leaf(split, &node);
    if (error == 0)
        error = array_reserve(
            &snapshot->nodes, snapshot->node_count, 1, &split->node_room, sizeof *snapshot->nodes);
    if (error == 0 && node.kind == SNAPSHOT_LEAF)
        error = copy_objects(split, index, (uint32_t)snapshot->node_count);
    if (error)
        return error;
    split->copied_for[index] = snapshot->thread_count;
    split->copies[index] = (uint32_t)snapshot->node_count;
    snapshot->nodes[snapshot->node_count++] = node;
    return 0;
}

static int copy_path(struct split *split, uint32_t leaf)
{
    const struct snapshot *snapshot = split->snapshot;
    size_t depth = 0;
    int error = 0;
    for (uint32_t at = leaf; at != SNAPSHOT_NONE && split->copied_for[at] != snapshot->thread_count;
         at = snapshot->nodes[at].caller)
        split->path[depth++] = at;
    while (depth > 0 && error == 0)
        error = owners_copy_node(split, split->path[--depth]);
    return error;
}

static int move_calls(struct split *split)
{
    int error = 0;
    size_t most = split->snapshot->node_count + COPIES_MAX;
    for (size_t i = 0; i < split->moved_count && error == 0; i++) {
        struct snapshot_open_call *call = split->moved[i];
        if (split->snapshot->node_count >= most)
            break;
        if (i == 0 || owner_id(split->moved[i - 1]) != owner_id(call))
            error = owners_add_thread(split, call);
        if (error == 0)
            error = copy_path(split, call->node);
        if (error == 0)
            call->node = split->copies[call->node];
    }
    return error;
}

static bool split_begin(struct split *split)
{
    const struct snapshot *snapshot = split->snapshot;
    size_t nodes = snapshot->node_count;
    split->thread_room = snapshot->thread_count;
    split->node_room = nodes;
    split->leaf_room = snapshot->leaf_count;
    split->calls_room = snapshot->objects.call_count;
    split->copies = calloc(nodes, sizeof *split->copies);
    split->copied_for = calloc(nodes, sizeof *split->copied_for);
    split->path = calloc(nodes, sizeof *split->path);
    return split->copies && split->copied_for && split->path;
}

int open_calls_split(struct snapshot *snapshot)
{
    struct split split = {
        .snapshot = snapshot, .moved = calloc(snapshot->open_call_count + 1, sizeof(void *))};
    int error = split.moved ? 0 : -ENOMEM;
    if (error == 0)
        list_moved(&split);
    if (split.moved_count > 0)
        error = split_begin(&split) ? move_calls(&split) : -ENOMEM;
    free(split.moved);
    free(split.copies);
    free(split.copied_for);
    free(split.path);
    return error;
}
