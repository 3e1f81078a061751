/*
 * array.h - arrays that grow.
 */
#ifndef BASE_ARRAY_H
#define BASE_ARRAY_H

#include <stddef.h>

/* Makes room for `more` further elements in *list, a malloc'ed array of elements of `size` bytes,
 * of which `count` are used and *room are there; NULL, with no room, is empty. `list` is the
 * address of a pointer of any type. Returns 0, or -ENOMEM, and then nothing has changed. */
int array_grow(void *list, size_t count, size_t more, size_t *room, size_t size);

/* The same, without a call where there is room. */
static inline int array_reserve(void *list, size_t count, size_t more, size_t *room, size_t size)
{
    return more <= *room - count ? 0 : array_grow(list, count, more, room, size);
}

#endif
