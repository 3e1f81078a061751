/*
 * descriptors.h - which object a descriptor stands for.
 *
 * What is known of a number is forgotten when the number is closed or gets another meaning, for
 * which the functions that do so are hooked (HOOK_NUMBERS). The table is the process's. A child
 * that shares the memory, but not the descriptors (vfork), uses it, but does not add to it.
 */
#ifndef DESCRIPTORS_H
#define DESCRIPTORS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "object/memory.h"
#include "trace_format.h"

struct segment;

/* The table. A number has its place in it by its lowest bits. NULL: there is no memory. From the
 * highest bit: the object, with 22 bits, or 0; the number without its lowest 8 bits, and the era in
 * which it was stored, with 16 bits each; and how often the slot was cleared, with 10. */
extern _Atomic uint64_t *descriptors_slots;
extern uint32_t descriptors_mask; /* of those bits */

/* Changes when all that is known becomes wrong. */
extern _Atomic uint32_t descriptors_era;

#define DESCRIPTORS_CLEARED_BITS 10
#define DESCRIPTORS_OBJECT_SHIFT 42
#define DESCRIPTORS_SLOTS_MIN    256u

static inline uint32_t descriptors_key(uint32_t number)
{
    uint32_t era = atomic_load_explicit(&descriptors_era, memory_order_relaxed);
    return number / DESCRIPTORS_SLOTS_MIN << 16 | (era & 0xffff);
}

/* Makes the table, if there is none. Called before the first hit of a trace file, by one thread. */
void descriptors_begin(void);

/* Its memory is about to be used again, in a forked child. */
void descriptors_forget_memory(void);

/* The object of the descriptor if it is known, or 0. */
static inline trace_index descriptors_known(uint32_t number)
{
    if (__builtin_expect(descriptors_slots == NULL, 0))
        return 0;
    uint64_t slot = atomic_load_explicit(
        &descriptors_slots[number & descriptors_mask], memory_order_relaxed);
    bool is_its = (uint32_t)(slot >> DESCRIPTORS_CLEARED_BITS) == descriptors_key(number);
    return is_its ? (trace_index)(slot >> DESCRIPTORS_OBJECT_SHIFT) : 0;
}

/* The object of the descriptor, or 0 if there is no room. Asks the kernel if it is not known.
 * Async-signal-safe, as all of these functions are. */
trace_index descriptors_find(
    struct object_memory *memory, struct segment *segment, uint32_t number);

/* The number is about to be closed, or to get another meaning, or just has. */
void descriptors_forget(uint32_t number);

/* The same for all numbers. In a forked child, too: the objects are those of its parent's trace. */
void descriptors_forget_all(void);

/* Asks the kernel now what the lowest numbers are, before system calls may be forbidden. */
void descriptors_prepare(struct object_memory *memory, struct segment *segment);

/* From now on the library asks the kernel no more about objects: a filter of system calls may
 * follow, which it would not see. */
extern _Atomic bool descriptors_are_quiet;

/* Whether the kernel may be asked about objects. */
static inline bool descriptors_may_ask(void)
{
    return !atomic_load_explicit(&kernel_is_forbidden, memory_order_relaxed) &&
           !atomic_load_explicit(&descriptors_are_quiet, memory_order_relaxed);
}

#endif
