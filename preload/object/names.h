/*
 * names.h - objects that the program names: paths, hosts, addresses to connect to.
 */
#ifndef NAMES_H
#define NAMES_H

#include <stdint.h>

#include "object/memory.h"
#include "trace_format.h"

struct segment;

/* Longer names are cut. */
#define NAMES_MAX 255

/* The object of the type whose name is the text at `address`, in the program's memory. `frame` is
 * the address of the call's frame: its page can be read. 0: the text cannot be read, or there is no
 * room. */
trace_index names_find(struct object_memory *memory, struct segment *segment,
    enum trace_object_type type, uint64_t address, uint64_t frame);

/* The same for a path and the descriptor of a directory (openat(2)). An empty path means the
 * descriptor itself (AT_EMPTY_PATH). */
trace_index names_find_at(struct object_memory *memory, struct segment *segment, uint32_t directory,
    uint64_t address, uint64_t frame);

/* The object to which connect(2) with these arguments connects; the same. */
trace_index names_find_target(struct object_memory *memory, struct segment *segment,
    const uint64_t *arguments, uint64_t frame);

#endif
