/*
 * array.h - arrays that grow.
 */
#ifndef BASE_ARRAY_H
#define BASE_ARRAY_H

#include <stddef.h>
#include <stdint.h>

/* Makes room in *list for `more` further elements. *list is a malloc'ed array of *room elements of
 * `size` bytes, of which `count` are used; NULL with *room 0 is an empty array. `list` is the
 * address of a pointer of any type. Returns 0 or -ENOMEM; then nothing has changed. */
int array_grow(void *list, size_t count, size_t more, size_t *room, size_t size);

/* The same, but makes no call if there is room already. */
static inline int array_reserve(void *list, size_t count, size_t more, size_t *room, size_t size)
{
    return more <= *room - count ? 0 : array_grow(list, count, more, room, size);
}

/* Finds the elements that are equal to the key in a list of `count` elements of `size` bytes, which
 * is in the order of `compare` (as in bsearch(3)). Returns the index of the first one, and sets
 * *found to their number. */
size_t array_find_run(const void *list, size_t count, size_t size,
    int (*compare)(const void *key, const void *element), const void *key, size_t *found);

/* Sorts addresses in ascending order. */
void array_sort_addresses(uint64_t *list, size_t count);

#endif
