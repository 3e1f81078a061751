/*
 * others.h - processes, threads, and what System V has for them to meet.
 */
#ifndef OTHERS_H
#define OTHERS_H

#include <stdint.h>

#include "object/memory.h"
#include "trace_format.h"

struct segment;

/* The child with this id; 0: any child. */
trace_index others_find_child(struct object_memory *memory, struct segment *segment, int32_t pid);

/* The thread with this id and name; 0 and "": it is not known. */
trace_index others_find_thread(
    struct object_memory *memory, struct segment *segment, int32_t tid, const char *name);

/* A queue of messages or a set of semaphores with this identifier. */
trace_index others_find_queue(struct object_memory *memory, struct segment *segment, int32_t id);
trace_index others_find_semaphores(
    struct object_memory *memory, struct segment *segment, int32_t id);

/* The end of a call's time. */
trace_index others_find_timeout(struct object_memory *memory, struct segment *segment);

#endif
