/*
 * group.c - puts the nodes of each thread together.
 */
#include "trace/group.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include "trace/snapshot.h"

static bool are_grouped(const struct snapshot *snapshot)
{
    for (size_t i = 1; i < snapshot->node_count; i++)
        if (snapshot->nodes[i].thread < snapshot->nodes[i - 1].thread)
            return false;
    return true;
}

/* Sets the new index of each node. `next` has an element for each thread, and is zeroed. */
static void number_nodes(const struct snapshot *snapshot, uint32_t *next, uint32_t *places)
{
    uint32_t first = 0;
    for (size_t i = 0; i < snapshot->node_count; i++)
        next[snapshot->nodes[i].thread]++;
    for (size_t i = 0; i < snapshot->thread_count; i++) {
        uint32_t count = next[i];
        next[i] = first;
        first += count;
    }
    for (size_t i = 0; i < snapshot->node_count; i++)
        places[i] = next[snapshot->nodes[i].thread]++;
}

static void move_nodes(
    struct snapshot *snapshot, const uint32_t *places, struct snapshot_node *nodes)
{
    for (size_t i = 0; i < snapshot->node_count; i++) {
        struct snapshot_node *node = &nodes[places[i]];
        *node = snapshot->nodes[i];
        if (node->caller != SNAPSHOT_NONE)
            node->caller = places[node->caller];
    }
    free(snapshot->nodes);
    snapshot->nodes = nodes;
}

static void renumber_calls(const struct snapshot *snapshot, const uint32_t *places)
{
    for (size_t i = 0; i < snapshot->call_count; i++)
        for (size_t j = 0; j < snapshot->calls[i].leaf_count; j++)
            snapshot->calls[i].leaves[j].node = places[snapshot->calls[i].leaves[j].node];
}

static void renumber_open_calls(struct snapshot *snapshot, const uint32_t *places)
{
    for (size_t i = 0; i < snapshot->open_call_count; i++)
        snapshot->open_calls[i].node = places[snapshot->open_calls[i].node];
}

static void renumber_values(const struct snapshot *snapshot, const uint32_t *places)
{
    for (size_t i = 0; i < snapshot->value_count; i++)
        for (size_t j = 0; j < snapshot->values[i].leaf_count; j++)
            snapshot->values[i].leaves[j].node = places[snapshot->values[i].leaves[j].node];
}

static void renumber_objects(struct objects *objects, const uint32_t *places)
{
    for (size_t i = 0; i < objects->call_count; i++)
        objects->calls[i].node = places[objects->calls[i].node];
    for (size_t i = 0; i < objects->waker_count; i++)
        if (objects->wakers[i].caller != OBJECTS_NONE)
            objects->wakers[i].caller = places[objects->wakers[i].caller];
}

static void renumber_tasks(const struct snapshot *snapshot, const uint32_t *places)
{
    for (size_t i = 0; i < snapshot->task_count; i++)
        for (size_t j = 0; j < snapshot->tasks[i].place_count; j++)
            snapshot->tasks[i].places[j] = places[snapshot->tasks[i].places[j]];
}

int snapshot_group_nodes(struct snapshot *snapshot)
{
    if (are_grouped(snapshot))
        return 0;
    uint32_t *next = calloc(snapshot->thread_count, sizeof *next);
    uint32_t *places = malloc(snapshot->node_count * sizeof *places);
    struct snapshot_node *nodes = malloc(snapshot->node_count * sizeof *nodes);
    bool has_memory = next && places && nodes;
    if (has_memory) {
        number_nodes(snapshot, next, places);
        move_nodes(snapshot, places, nodes);
        renumber_calls(snapshot, places);
        renumber_open_calls(snapshot, places);
        renumber_values(snapshot, places);
        renumber_objects(&snapshot->objects, places);
        renumber_tasks(snapshot, places);
    } else {
        free(nodes);
    }
    free(next);
    free(places);
    return has_memory ? 0 : -ENOMEM;
}
