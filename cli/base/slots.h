/*
 * slots.h - finds elements of an array by a hash of their contents.
 */
#ifndef BASE_SLOTS_H
#define BASE_SLOTS_H

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#define SLOTS_NONE  SIZE_MAX
#define SLOTS_FIRST 64u

struct slot {
    uint64_t hash;
    size_t element; /* 1 + its index in the array; 0: the slot is free */
};

/* A zeroed object is empty. */
struct slots {
    struct slot *list; /* malloc'ed; at least half of them are free */
    size_t capacity, count;
};

/* Returns the next element with this hash, which need not be the one that is looked for;
 * SLOTS_NONE: there are no more. *at is 0 at first. */
static inline size_t slots_next(const struct slots *slots, uint64_t hash, size_t *at)
{
    while (slots->capacity > 0) {
        const struct slot *slot = &slots->list[(hash + (*at)++) & (slots->capacity - 1)];
        if (slot->element == 0)
            break;
        if (slot->hash == hash)
            return slot->element - 1;
    }
    return SLOTS_NONE;
}

static inline void slots_put(struct slots *slots, struct slot slot)
{
    size_t at = slot.hash & (slots->capacity - 1);
    while (slots->list[at].element)
        at = (at + 1) & (slots->capacity - 1);
    slots->list[at] = slot;
}

static inline int slots_grow(struct slots *slots)
{
    struct slots larger = {
        .capacity = slots->capacity ? 2 * slots->capacity : SLOTS_FIRST, .count = slots->count};
    larger.list = calloc(larger.capacity, sizeof *larger.list);
    if (larger.list == NULL)
        return -ENOMEM;
    for (size_t i = 0; i < slots->capacity; i++)
        if (slots->list[i].element)
            slots_put(&larger, slots->list[i]);
    free(slots->list);
    *slots = larger;
    return 0;
}

/* Adds an element that is not there. Returns 0 or -ENOMEM. */
static inline int slots_add(struct slots *slots, uint64_t hash, size_t element)
{
    if (2 * slots->count >= slots->capacity && slots_grow(slots) != 0)
        return -ENOMEM;
    slots_put(slots, (struct slot){hash, element + 1});
    slots->count++;
    return 0;
}

static inline void slots_finish(struct slots *slots)
{
    free(slots->list);
    *slots = (struct slots){.count = 0};
}

#endif
