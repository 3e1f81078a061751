/*
 * period.c - what has happened in a process between two snapshots of its trace.
 */
#include "trace/period/period.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/sum.h"
#include "trace/period/counters.h"
#include "trace/snapshot.h"

bool snapshot_is_of_same_trace(const struct snapshot *a, const struct snapshot *b)
{
    return a->pid == b->pid && a->birth == b->birth && a->start_ns == b->start_ns &&
           a->forked == b->forked;
}

struct maker {
    struct counters counters;
    const struct snapshot *former, *now;
    struct snapshot *made;
    struct snapshot_leaf *leaves; /* of each leaf of `now`; malloc'ed */
    uint32_t *places; /* of each node of `now`: 1 while it is wanted, then its index in `made`; or
                       * SNAPSHOT_NONE; malloc'ed */
};

static uint64_t period_less(uint64_t a, uint64_t b)
{
    return a > b ? a - b : 0;
}

static uint64_t period_larger(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

/* ---- arrays ---- */

/* Returns a copy with room for one more, malloc'ed; without memory NULL, which is noted. */
static void *copy_array(bool *is_whole, const void *from, size_t count, size_t size)
{
    void *copy = calloc(count + 1, size);
    if (copy && count > 0)
        memcpy(copy, from, count * size);
    *is_whole &= copy != NULL;
    return copy;
}

static void *zeroed_array(bool *is_whole, size_t count, size_t size)
{
    void *array = calloc(count + 1, size);
    *is_whole &= array != NULL;
    return array;
}

/* Nodes, leaves, and calls for objects come later, into arrays that have room for all of them. */
static bool copy_arrays(struct snapshot *made, const struct snapshot *now)
{
    const struct objects *objects = &now->objects;
    bool is_whole = true;
    made->modules = copy_array(&is_whole, now->modules, now->module_count, sizeof *now->modules);
    made->threads = copy_array(&is_whole, now->threads, now->thread_count, sizeof *now->threads);
    made->open_calls = copy_array(
        &is_whole, now->open_calls, now->open_call_count, sizeof *now->open_calls);
    made->tasks = copy_array(&is_whole, now->tasks, now->task_count, sizeof *now->tasks);
    made->untimed = copy_array(&is_whole, now->untimed, now->untimed_count, sizeof *now->untimed);
    made->untraced = copy_array(
        &is_whole, now->untraced, now->untraced_count, sizeof *now->untraced);
    made->objects.list = copy_array(
        &is_whole, objects->list, objects->count, sizeof *objects->list);
    made->objects.wakers = copy_array(
        &is_whole, objects->wakers, objects->waker_count, sizeof *objects->wakers);
    made->objects.calls = zeroed_array(&is_whole, objects->call_count, sizeof *objects->calls);
    made->nodes = zeroed_array(&is_whole, now->node_count, sizeof *now->nodes);
    made->leaves = zeroed_array(&is_whole, now->leaf_count, sizeof *now->leaves);
    return is_whole;
}

/* An array of the snapshot must not be that of the other one: a new one is dropped, or copied. */
_Static_assert(sizeof(struct snapshot) == 2632 + sizeof(struct objects),
    "a new array of a snapshot is dropped");

static bool begin_made(struct maker *maker)
{
    struct snapshot *made = maker->made;
    *made = *maker->now;
    made->modules = NULL;
    made->threads = NULL;
    made->nodes = NULL;
    made->leaves = NULL;
    made->duration_counts = NULL;
    made->calls = NULL;
    made->call_leaves = NULL;
    made->values = NULL;
    made->value_leaves = NULL;
    made->open_calls = NULL;
    made->objects = (struct objects){
        .count = maker->now->objects.count, .waker_count = maker->now->objects.waker_count};
    made->tasks = NULL;
    made->untimed = NULL;
    made->untraced = NULL;
    made->node_count = made->leaf_count = made->call_count = made->value_count = 0;
    made->former = NULL;
    return copy_arrays(made, maker->now);
}

/* ---- leaves ---- */

static bool period_count_leaves(struct maker *maker)
{
    const struct snapshot *now = maker->now;
    size_t room = 0;
    for (size_t i = 0; i < now->leaf_count; i++)
        room += now->leaves[i].durations.size;
    uint64_t *counts = maker->made->duration_counts = calloc(room + 1, sizeof *counts);
    if (counts == NULL)
        return false;
    for (uint32_t i = 0; i < now->leaf_count; i++) {
        maker->leaves[i] = counters_of_leaf(&maker->counters, i, counts);
        counts += now->leaves[i].durations.size;
    }
    return true;
}

/* ---- nodes ---- */

static void want_caller(struct maker *maker, uint32_t node)
{
    if (node != SNAPSHOT_NONE)
        maker->places[node] = 1;
}

/* What tasks and wakers point to is wanted, too. Callers come before the nodes that they called. */
static void choose_wanted(struct maker *maker)
{
    const struct snapshot *now = maker->now;
    for (uint32_t i = 0; i < now->node_count; i++) {
        bool is_leaf = now->nodes[i].kind == SNAPSHOT_LEAF;
        maker->places[i] = is_leaf && maker->leaves[now->nodes[i].leaf].hits ? 1 : SNAPSHOT_NONE;
    }
    for (size_t i = 0; i < now->task_count; i++)
        for (size_t k = 0; k < now->tasks[i].place_count; k++)
            want_caller(maker, now->tasks[i].places[k]);
    for (size_t i = 0; i < now->objects.waker_count; i++)
        want_caller(maker, now->objects.wakers[i].caller);
    for (size_t i = now->node_count; i-- > 0;)
        if (maker->places[i] != SNAPSHOT_NONE)
            want_caller(maker, now->nodes[i].caller);
}

static void add_wanted(struct maker *maker, uint32_t at)
{
    struct snapshot *made = maker->made;
    struct snapshot_node node = maker->now->nodes[at];
    maker->places[at] = (uint32_t)made->node_count;
    if (node.caller != SNAPSHOT_NONE)
        node.caller = maker->places[node.caller];
    if (node.kind == SNAPSHOT_LEAF) {
        made->leaves[made->leaf_count] = maker->leaves[node.leaf];
        node.leaf = (uint32_t)made->leaf_count++;
    }
    made->nodes[made->node_count++] = node;
}

/* Open calls are those of leaves with hits. */
static void renumber(struct maker *maker)
{
    struct snapshot *made = maker->made;
    for (size_t i = 0; i < made->open_call_count; i++) {
        struct snapshot_open_call *call = &made->open_calls[i];
        call->since_ns = counters_since(maker->now, call);
        call->node = maker->places[call->node];
    }
    for (size_t i = 0; i < made->task_count; i++)
        for (size_t k = 0; k < made->tasks[i].place_count; k++)
            made->tasks[i].places[k] = maker->places[made->tasks[i].places[k]];
    for (size_t i = 0; i < made->objects.waker_count; i++) {
        uint32_t *caller = &made->objects.wakers[i].caller;
        *caller = *caller == SNAPSHOT_NONE ? *caller : maker->places[*caller];
    }
}

static void period_add_nodes(struct maker *maker)
{
    choose_wanted(maker);
    for (uint32_t i = 0; i < maker->now->node_count; i++)
        if (maker->places[i] != SNAPSHOT_NONE)
            add_wanted(maker, i);
    renumber(maker);
}

static void period_add_objects(struct maker *maker)
{
    const struct objects *now = &maker->now->objects;
    struct objects *made = &maker->made->objects;
    for (size_t i = 0; i < now->call_count; i++) {
        struct snapshot_object_calls calls = counters_of_object(&maker->counters, &now->calls[i]);
        if (calls.hits == 0 || maker->places[calls.node] == SNAPSHOT_NONE)
            continue;
        calls.node = maker->places[calls.node];
        made->calls[made->call_count++] = calls;
    }
    snapshot_settle_objects(maker->made);
}

/* ---- numbers ---- */

static uint64_t former_untimed(const struct snapshot *former, const char *leaf)
{
    for (size_t i = 0; i < former->untimed_count; i++)
        if (strcmp(former->untimed[i].leaf, leaf) == 0)
            return former->untimed[i].calls;
    return 0;
}

static uint64_t former_untraced(
    const struct snapshot *former, const struct snapshot_untraced *untraced)
{
    for (size_t i = 0; i < former->untraced_count; i++)
        if (former->untraced[i].reason == untraced->reason &&
            strcmp(former->untraced[i].path, untraced->path) == 0)
            return former->untraced[i].count;
    return 0;
}

static void subtract_lists(struct snapshot *made, const struct snapshot *former)
{
    size_t kept = 0;
    for (size_t i = 0; i < made->untimed_count; i++) {
        struct snapshot_untimed untimed = made->untimed[i];
        untimed.calls = period_less(untimed.calls, former_untimed(former, untimed.leaf));
        if (untimed.calls > 0)
            made->untimed[kept++] = untimed;
    }
    made->untimed_count = kept;
    kept = 0;
    for (size_t i = 0; i < made->untraced_count; i++) {
        struct snapshot_untraced untraced = made->untraced[i];
        untraced.count = period_less(untraced.count, former_untraced(former, &untraced));
        if (untraced.count > 0)
            made->untraced[kept++] = untraced;
    }
    made->untraced_count = kept;
}

static void subtract_numbers(struct snapshot *made, const struct snapshot *former)
{
    for (size_t i = 0; i < sizeof made->losses / sizeof *made->losses; i++)
        made->losses[i] = period_less(made->losses[i], former->losses[i]);
    made->malformed = period_less(made->malformed, former->malformed);
    made->unseen_calls = period_less(made->unseen_calls, former->unseen_calls);
    made->untraced_more = period_less(made->untraced_more, former->untraced_more);
    made->lost_turns = period_less(made->lost_turns, former->lost_turns);
    subtract_lists(made, former);
}

/* ---- times ---- */

static void subtract_usage(
    struct process_usage *made, const struct process_usage *former, uint64_t from_ns)
{
    uint64_t end_ns = add_clamped(made->begun_ns, made->wall_ns);
    if (made->wall_ns == 0)
        return;
    made->begun_ns = period_larger(made->begun_ns, from_ns);
    made->wall_ns = period_less(end_ns, made->begun_ns);
    made->user_ns = period_less(made->user_ns, former->user_ns);
    made->system_ns = period_less(made->system_ns, former->system_ns);
}

static const struct snapshot_thread *period_find_thread(
    const struct snapshot *snapshot, const struct snapshot_thread *thread)
{
    for (size_t i = 0; i < snapshot->thread_count; i++)
        if (snapshot->threads[i].tid == thread->tid &&
            snapshot->threads[i].successors == thread->successors)
            return &snapshot->threads[i];
    return NULL;
}

/* Threads stand in the order of their first hit, and only later ones are added. */
static const struct snapshot_thread *former_thread(
    const struct snapshot *former, const struct snapshot_thread *thread, size_t index)
{
    bool is_same = index < former->thread_count && former->threads[index].tid == thread->tid &&
                   former->threads[index].successors == thread->successors;
    return is_same ? &former->threads[index] : period_find_thread(former, thread);
}

/* Of a thread that took no processor time there is nothing to say. */
static void subtract_threads(struct snapshot *made, const struct snapshot *former)
{
    for (size_t i = 0; i < made->thread_count; i++) {
        struct snapshot_thread *thread = &made->threads[i];
        const struct snapshot_thread *before = former_thread(former, thread, i);
        thread->ran_ns = before ? period_less(thread->ran_ns, before->ran_ns) : thread->ran_ns;
        thread->cpu_ns = before ? period_less(thread->cpu_ns, before->cpu_ns) : thread->cpu_ns;
        if (thread->cpu_ns == 0)
            thread->ran_ns = 0;
    }
}

/* ---- the whole ---- */

static int make(struct maker *maker, uint64_t from_ns)
{
    const struct snapshot *now = maker->now;
    maker->leaves = calloc(now->leaf_count + 1, sizeof *maker->leaves);
    maker->places = calloc(now->node_count + 1, sizeof *maker->places);
    int error = counters_begin(&maker->counters, maker->former, now, from_ns);
    if (error || !maker->leaves || !maker->places || !begin_made(maker) ||
        !period_count_leaves(maker))
        return -ENOMEM;
    period_add_nodes(maker);
    period_add_objects(maker);
    subtract_numbers(maker->made, maker->former);
    subtract_usage(&maker->made->usage, &maker->former->usage, from_ns);
    subtract_threads(maker->made, maker->former);
    return 0;
}

int snapshot_of_period(
    struct snapshot **out, const struct snapshot *former, const struct snapshot *now)
{
    const struct snapshot none = {.pid = 0};
    struct maker maker = {.former = former ? former : &none, .now = now, .made = snapshot_create()};
    if (maker.made == NULL)
        return -ENOMEM;
    int error = make(&maker, maker.former->taken_ns);
    counters_finish(&maker.counters);
    free(maker.leaves);
    free(maker.places);
    if (error)
        snapshot_destroy(maker.made);
    else
        *out = maker.made;
    return error;
}
