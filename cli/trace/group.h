/*
 * group.h - puts the nodes of each thread together.
 */
#ifndef TRACE_GROUP_H
#define TRACE_GROUP_H

struct snapshot;

/* Orders the nodes by thread, and leaves those of one thread in their order. Returns 0 or -ENOMEM;
 * then nothing has changed. */
int snapshot_group_nodes(struct snapshot *snapshot);

#endif
