/*
 * untraced_list.h - the programs that the processes of a run have executed but that are not traced.
 */
#ifndef TRACE_UNTRACED_LIST_H
#define TRACE_UNTRACED_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct snapshot;
struct snapshot_untraced;

struct untraced_list {
    struct snapshot_untraced *programs; /* each pair of program and reason once, the most frequent
                                         * first */
    size_t count;
    uint64_t more; /* executions of programs without a name */
};

/* Merges the lists of all processes. Returns false when out of memory; then the list is empty. */
bool untraced_list_collect(
    struct untraced_list *list, struct snapshot *const *snapshots, size_t count);
void untraced_list_finish(struct untraced_list *list);

#endif
