/*
 * groups.c - the tasks of a run, those together that do the same at the same places.
 *
 * A place is described once for each node. Those with equal texts are one, so that groups are
 * compared by pointers. Programs can have many places and groups, so both are found by hashes.
 */
#include "tasks/groups.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/hash.h"
#include "base/sum.h"
#include "trace/snapshot.h"
#include "view/view.h"

struct work {
    struct task_groups *groups;
    const struct snapshot *snapshot;
    struct symbols *symbols;
    const struct place_style *style;
    const struct view_options *options; /* NULL: all tasks are wanted */
    const struct place **of_nodes;      /* the place of each node of the snapshot, or NULL */
    uint64_t end_ns; /* of the process, or when the snapshot was taken; 0: not known */
};

/* ---- places ---- */

static void free_place(struct place *place)
{
    free(place->text);
    free(place);
}

static const struct place *groups_find_place(
    const struct task_groups *groups, uint64_t hash, const char *text)
{
    size_t at = 0, found;
    while ((found = slots_next(&groups->places_by_text, hash, &at)) != SLOTS_NONE)
        if (strcmp(groups->places[found]->text, text) == 0)
            return groups->places[found];
    return NULL;
}

/* Takes over the place, malloc'ed, or frees it. Returns 0 or -ENOMEM. */
static int add_place(struct task_groups *groups, uint64_t hash, struct place *place)
{
    int error = array_reserve(
        &groups->places, groups->place_count, 1, &groups->place_room, sizeof(void *));
    if (error == 0)
        error = slots_add(&groups->places_by_text, hash, groups->place_count);
    if (error == 0)
        groups->places[groups->place_count++] = place;
    else
        free_place(place);
    return error;
}

/* Of places with one text, the first one stands for all. Returns NULL when out of memory. */
static const struct place *make_place(const struct work *work, uint32_t node)
{
    struct place *place = calloc(1, sizeof *place);
    if (place == NULL ||
        place_describe(place, work->snapshot, node, work->symbols, work->style) != 0) {
        free(place);
        return NULL;
    }
    uint64_t hash = hash_text(HASH_BEGIN, place->text);
    const struct place *found = groups_find_place(work->groups, hash, place->text);
    if (found == NULL)
        return add_place(work->groups, hash, place) == 0 ? place : NULL;
    free_place(place);
    return found;
}

static const struct place *groups_place_of(const struct work *work, uint32_t node)
{
    const struct place **place = &work->of_nodes[node];
    if (*place == NULL)
        *place = make_place(work, node);
    return *place;
}

static bool group_has_place(const struct task_group *group, const struct place *place)
{
    for (size_t i = 0; i < group->place_count; i++)
        if (group->places[i] == place)
            return true;
    return false;
}

/* ---- a task ---- */

static uint64_t since(uint64_t then_ns, uint64_t now_ns)
{
    return then_ns && now_ns > then_ns ? now_ns - then_ns : 0;
}

static int tid_of(const struct work *work, const struct snapshot_task *task)
{
    return task->thread == SNAPSHOT_NONE ? 0 : work->snapshot->threads[task->thread].tid;
}

static bool is_group_idle(const struct task_group *group)
{
    for (size_t i = 0; i < group->place_count; i++)
        if (!group->places[i]->is_idle)
            return false;
    return group->place_count > 0;
}

static int add_places(
    const struct work *work, const struct snapshot_task *task, struct task_group *group)
{
    for (size_t i = 0; i < task->place_count; i++) {
        const struct place *place = groups_place_of(work, task->places[i]);
        if (place == NULL)
            return -ENOMEM;
        if (!group_has_place(group, place))
            group->places[group->place_count++] = place;
        if (i < task->fresh)
            group->fresh = group->place_count;
    }
    group->is_idle = is_group_idle(group);
    return 0;
}

/* A group of this task alone. */
static int describe_task(
    const struct work *work, const struct snapshot_task *task, struct task_group *group)
{
    uint64_t ns = since(task->since_ns, work->end_ns);
    *group = (struct task_group){.state = (enum task_state)task->state,
        .count = 1,
        .shortest_ns = ns,
        .longest_ns = ns,
        .tid = tid_of(work, task),
        .oldest_ns = since(task->born_ns, work->end_ns),
        .turns_most = task->turns};
    return add_places(work, task, group);
}

static bool is_place_wanted(const struct place *place, const struct view_options *options)
{
    return (options->under.count == 0 || place->is_under) &&
           (options->through.count == 0 || place->is_through) && !place->is_without;
}

/* A task that waits nowhere is on no path. */
static bool is_task_wanted(const struct task_group *group, const struct view_options *options)
{
    if (options == NULL)
        return true;
    if (options->leaves.count)
        return false;
    for (size_t i = 0; i < group->place_count; i++)
        if (is_place_wanted(group->places[i], options))
            return true;
    return group->place_count == 0 && options->under.count + options->through.count == 0;
}

/* ---- groups ---- */

static bool is_same_group(const struct task_group *a, const struct task_group *b)
{
    if (a->state != b->state || a->place_count != b->place_count || a->fresh != b->fresh)
        return false;
    for (size_t i = 0; i < a->place_count; i++)
        if (!group_has_place(b, a->places[i]))
            return false;
    return true;
}

/* The order of the places does not matter. */
static uint64_t hash_group(const struct task_group *group)
{
    uint64_t hash = hash_number(group->state, group->fresh);
    for (size_t i = 0; i < group->place_count; i++)
        hash += hash_number(0, (uintptr_t)group->places[i]);
    return hash;
}

static void join(struct task_group *group, const struct task_group *more)
{
    group->count += more->count;
    if (more->shortest_ns < group->shortest_ns)
        group->shortest_ns = more->shortest_ns;
    if (more->longest_ns > group->longest_ns) {
        group->longest_ns = more->longest_ns;
        group->tid = more->tid;
    }
    if (more->oldest_ns > group->oldest_ns)
        group->oldest_ns = more->oldest_ns;
    if (more->turns_most > group->turns_most)
        group->turns_most = more->turns_most;
}

static int groups_add(struct task_groups *groups, const struct task_group *more)
{
    uint64_t hash = hash_group(more);
    size_t at = 0, found;
    groups->tasks++;
    groups->states[more->state]++;
    while ((found = slots_next(&groups->groups_by_places, hash, &at)) != SLOTS_NONE)
        if (is_same_group(&groups->list[found], more)) {
            join(&groups->list[found], more);
            return 0;
        }
    if (array_reserve(&groups->list, groups->count, 1, &groups->room, sizeof *groups->list) != 0)
        return -ENOMEM;
    groups->list[groups->count] = *more;
    return slots_add(&groups->groups_by_places, hash, groups->count++);
}

static int groups_add_tasks(const struct work *work)
{
    int error = 0;
    for (size_t i = 0; i < work->snapshot->task_count && error == 0; i++) {
        struct task_group group;
        error = describe_task(work, &work->snapshot->tasks[i], &group);
        if (error == 0 && is_task_wanted(&group, work->options))
            error = groups_add(work->groups, &group);
    }
    return error;
}

int task_groups_add(struct task_groups *groups, const struct snapshot *snapshot,
    struct symbols *symbols, const struct place_style *style, const struct view_options *options)
{
    struct work work = {.groups = groups,
        .snapshot = snapshot,
        .symbols = symbols,
        .style = style,
        .options = options,
        .end_ns = snapshot_end_ns(snapshot)};
    groups->lost_turns = add_clamped(groups->lost_turns, snapshot->lost_turns);
    if (snapshot->task_count == 0)
        return 0;
    work.of_nodes = calloc(snapshot->node_count + 1, sizeof(void *));
    int error = work.of_nodes ? groups_add_tasks(&work) : -ENOMEM;
    free(work.of_nodes);
    return error;
}

static int compare_groups(const void *left, const void *right)
{
    const struct task_group *a = left, *b = right;
    if (a->count != b->count)
        return a->count > b->count ? -1 : 1;
    if (a->longest_ns != b->longest_ns)
        return a->longest_ns > b->longest_ns ? -1 : 1;
    return a->place_count && b->place_count ? strcmp(a->places[0]->text, b->places[0]->text) : 0;
}

/* Nothing can be added afterwards: the indexes are others. */
void task_groups_sort(struct task_groups *groups)
{
    slots_finish(&groups->groups_by_places);
    if (groups->count > 1)
        qsort(groups->list, groups->count, sizeof *groups->list, compare_groups);
}

void task_groups_finish(struct task_groups *groups)
{
    for (size_t i = 0; i < groups->place_count; i++)
        free_place(groups->places[i]);
    free(groups->places);
    free(groups->list);
    slots_finish(&groups->places_by_text);
    slots_finish(&groups->groups_by_places);
    *groups = (struct task_groups){.count = 0};
}
