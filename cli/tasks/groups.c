/*
 * groups.c - the tasks of a run, those together that do the same at the same places.
 *
 * A text is made once for each node. Equal texts get the same pointer, so that groups are compared
 * by pointers.
 */
#include "tasks/groups.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/sum.h"
#include "trace/snapshot.h"

struct work {
    struct task_groups *groups;
    const struct snapshot *snapshot;
    struct symbols *symbols;
    const struct place_style *style;
    const char **of_nodes; /* the text of each node of the snapshot, or NULL */
    uint64_t end_ns;       /* of the process, or when the snapshot was taken; 0: not known */
};

/* Returns the text, which it takes over, or an equal one; NULL when out of memory. */
static const char *intern(struct task_groups *groups, char *text)
{
    for (size_t i = 0; text && i < groups->text_count; i++)
        if (strcmp(groups->texts[i], text) == 0) {
            free(text);
            return groups->texts[i];
        }
    if (text == NULL || array_reserve(&groups->texts, groups->text_count, 1, &groups->text_room,
                            sizeof *groups->texts) != 0) {
        free(text);
        return NULL;
    }
    return groups->texts[groups->text_count++] = text;
}

static const char *place_text_of(const struct work *work, uint32_t node)
{
    const char **text = &work->of_nodes[node];
    if (*text == NULL)
        *text = intern(work->groups, place_text(work->snapshot, node, work->symbols, work->style));
    return *text;
}

static bool has_place_text(const struct task_group *group, const char *text)
{
    for (size_t i = 0; i < group->place_count; i++)
        if (group->places[i] == text)
            return true;
    return false;
}

static uint64_t since(uint64_t then_ns, uint64_t now_ns)
{
    return then_ns && now_ns > then_ns ? now_ns - then_ns : 0;
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
        .oldest_ns = since(task->born_ns, work->end_ns),
        .turns_most = task->turns};
    for (size_t i = 0; i < task->place_count; i++) {
        const char *text = place_text_of(work, task->places[i]);
        if (text == NULL)
            return -ENOMEM;
        if (!has_place_text(group, text))
            group->places[group->place_count++] = text;
        if (i < task->fresh)
            group->fresh = group->place_count;
    }
    return 0;
}

static bool is_same_group(const struct task_group *a, const struct task_group *b)
{
    if (a->state != b->state || a->place_count != b->place_count || a->fresh != b->fresh)
        return false;
    for (size_t i = 0; i < a->place_count; i++)
        if (!has_place_text(b, a->places[i]))
            return false;
    return true;
}

static void join(struct task_group *group, const struct task_group *more)
{
    group->count += more->count;
    if (more->shortest_ns < group->shortest_ns)
        group->shortest_ns = more->shortest_ns;
    if (more->longest_ns > group->longest_ns)
        group->longest_ns = more->longest_ns;
    if (more->oldest_ns > group->oldest_ns)
        group->oldest_ns = more->oldest_ns;
    if (more->turns_most > group->turns_most)
        group->turns_most = more->turns_most;
}

static int groups_add(struct task_groups *groups, const struct task_group *more)
{
    for (size_t i = 0; i < groups->count; i++)
        if (is_same_group(&groups->list[i], more)) {
            join(&groups->list[i], more);
            return 0;
        }
    if (array_reserve(&groups->list, groups->count, 1, &groups->room, sizeof *groups->list) != 0)
        return -ENOMEM;
    groups->list[groups->count++] = *more;
    return 0;
}

static int groups_add_tasks(const struct work *work)
{
    struct task_groups *groups = work->groups;
    int error = 0;
    for (size_t i = 0; i < work->snapshot->task_count && error == 0; i++) {
        const struct snapshot_task *task = &work->snapshot->tasks[i];
        struct task_group group;
        groups->tasks++;
        groups->states[task->state]++;
        error = describe_task(work, task, &group);
        if (error == 0)
            error = groups_add(groups, &group);
    }
    return error;
}

static int compare_groups(const void *left, const void *right)
{
    const struct task_group *a = left, *b = right;
    if (a->count != b->count)
        return a->count > b->count ? -1 : 1;
    if (a->longest_ns != b->longest_ns)
        return a->longest_ns > b->longest_ns ? -1 : 1;
    return a->place_count && b->place_count ? strcmp(a->places[0], b->places[0]) : 0;
}

int task_groups_find(struct task_groups *groups, struct snapshot *const *snapshots, size_t count,
    struct symbols *symbols, const struct place_style *style)
{
    struct work work = {.groups = groups, .symbols = symbols, .style = style};
    int error = 0;
    for (size_t i = 0; i < count && error == 0; i++) {
        work.snapshot = snapshots[i];
        groups->lost_turns = add_clamped(groups->lost_turns, snapshots[i]->lost_turns);
        if (snapshots[i]->task_count == 0)
            continue;
        work.end_ns = snapshot_end_ns(snapshots[i]);
        work.of_nodes = calloc(snapshots[i]->node_count + 1, sizeof *work.of_nodes);
        error = work.of_nodes ? groups_add_tasks(&work) : -ENOMEM;
        free(work.of_nodes);
    }
    if (error)
        task_groups_finish(groups);
    else if (groups->count > 1)
        qsort(groups->list, groups->count, sizeof *groups->list, compare_groups);
    return error;
}

void task_groups_finish(struct task_groups *groups)
{
    for (size_t i = 0; i < groups->text_count; i++)
        free(groups->texts[i]);
    free(groups->texts);
    free(groups->list);
    *groups = (struct task_groups){.count = 0};
}
