/*
 * locks.h - locks and what threads wait at, which are words in the program's memory.
 */
#ifndef LOCKS_H
#define LOCKS_H

#include <stdint.h>

#include "object/memory.h"
#include "trace_format.h"

struct segment;

/* The same if the level does not know it. */
trace_index locks_search(struct object_memory *memory, struct segment *segment,
    enum trace_object_type type, uint64_t address);

/* The object of the type at this address, or 0 if there is no memory or no room. */
static inline trace_index locks_find(struct object_memory *memory, struct segment *segment,
    enum trace_object_type type, uint64_t address)
{
    trace_index known = memory_find(memory, memory_key(address, type));
    return __builtin_expect(known != 0, 1) ? known : locks_search(memory, segment, type, address);
}

#endif
