/*
 * untraced_list.c - the programs that the processes of a run have executed but that are not traced.
 */
#include "trace/untraced_list.h"

#include <stdlib.h>
#include <string.h>

#include "trace/snapshot.h"

static int by_name(const void *left, const void *right)
{
    const struct snapshot_untraced *a = left, *b = right;
    int order = strcmp(a->path, b->path);
    return order ? order : (a->reason > b->reason) - (a->reason < b->reason);
}

static int by_count(const void *left, const void *right)
{
    const struct snapshot_untraced *a = left, *b = right;
    return a->count != b->count ? (a->count < b->count) - (a->count > b->count) : by_name(a, b);
}

static bool untraced_list_copy(
    struct untraced_list *list, struct snapshot *const *snapshots, size_t count)
{
    size_t room = 1;
    for (size_t i = 0; i < count; i++)
        room += snapshots[i]->untraced_count;
    list->programs = calloc(room, sizeof *list->programs);
    if (list->programs == NULL)
        return false;
    for (size_t i = 0; i < count; i++) {
        size_t many = snapshots[i]->untraced_count;
        for (size_t k = 0; k < many; k++)
            list->programs[list->count++] = snapshots[i]->untraced[k];
        list->more += snapshots[i]->untraced_more;
    }
    return true;
}

/* Merges equal pairs of program and reason, and sorts by frequency. */
static void untraced_list_merge(struct untraced_list *list)
{
    size_t kept = 0;
    qsort(list->programs, list->count, sizeof *list->programs, by_name);
    for (size_t i = 0; i < list->count; i++) {
        if (kept > 0 && by_name(&list->programs[kept - 1], &list->programs[i]) == 0)
            list->programs[kept - 1].count += list->programs[i].count;
        else
            list->programs[kept++] = list->programs[i];
    }
    list->count = kept;
    qsort(list->programs, list->count, sizeof *list->programs, by_count);
}

bool untraced_list_collect(
    struct untraced_list *list, struct snapshot *const *snapshots, size_t count)
{
    *list = (struct untraced_list){.count = 0};
    if (!untraced_list_copy(list, snapshots, count))
        return false;
    untraced_list_merge(list);
    return true;
}

void untraced_list_finish(struct untraced_list *list)
{
    free(list->programs);
}
