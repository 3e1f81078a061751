/*
 * waiting.h - the time of a thread's leaves, with the call that has not returned.
 */
#ifndef TREE_WAITING_H
#define TREE_WAITING_H

#include "tree/builder.h"

/* Finds the open call of the thread, when it is known which leaves are shown. */
void waiting_find_open(struct builder *builder);

/* Sets the times of the thread and its open call, when the tree is made. Returns the number of
 * nodes. */
size_t waiting_count(struct tree_thread *thread, const struct open_call *open);

#endif
