/*
 * waiting.h - the time of a thread's leaves, with the call that has not returned.
 */
#ifndef TREE_WAITING_H
#define TREE_WAITING_H

#include "tree/builder.h"

/* Finds the open call of each thread, when it is known which leaves are shown. */
void waiting_find_open(struct builder *builder);

/* Sets thread->total_ns and thread->waiting_ns, and counts the nodes, when the tree is made. */
void waiting_count(
    struct tree_process *process, struct tree_thread *thread, const struct open_call *open);

#endif
