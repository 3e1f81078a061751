/*
 * objects.h - the OBJECT records of this process: equal objects have one record.
 */
#ifndef OBJECTS_H
#define OBJECTS_H

#include <stdbool.h>

#include "hook_record.h"
#include "object/draft.h"

struct segment;

/* Whether objects are recorded at all. */
extern bool objects_are_wanted;

/* Whether a function with these flags is hooked only for the sake of objects, which are not wanted:
 * it changes what descriptors stand for, or lets go those that wait. */
static inline bool objects_are_all_it_is_for(uint32_t flags)
{
    const uint32_t others = HOOK_ROOT | (HOOK_WATCHED & ~(uint32_t)HOOK_NUMBERS);
    return !objects_are_wanted && flags & HOOK_NOT_A_LEAF && flags & (HOOK_NUMBERS | HOOK_WAKES) &&
           !(flags & others);
}

/* How many objects a process has records for, at most. All others have one record, of
 * TRACE_OBJECT_REST. */
#ifndef OBJECTS_MAX
#define OBJECTS_MAX 4096
#endif

/* The record of an object that is equal to the draft, or 0. Of a lock only its type and its address
 * are compared. Async-signal-safe, as all of these functions are. */
trace_index objects_find(struct segment *segment, const struct object_draft *draft);

/* The same, or a new record. The record of all others if there is no room, or 0 if there is not
 * even that. Threads that ask for equal objects at the same time may get two records. */
trace_index objects_record(struct segment *segment, const struct object_draft *draft);

/* Whether there is room for one more object of the type. A part of the records is for pipes and
 * sockets only: programs have many of them less often than files, and wait for them more often. */
bool objects_have_room(enum trace_object_type type);

/* How many entries of 8 bytes a table has: `most`, or less, a power of two, if the program's limits
 * allow little memory. */
uint32_t objects_table_size(uint32_t most, uint32_t least);

/* The record of TRACE_OBJECT_REST, or 0. */
trace_index objects_rest(struct segment *segment);

/* Forgets all objects, in a forked child whose trace file is new and empty. */
void objects_reset(void);

#endif
