/*
 * array.c - arrays that grow.
 */
#include "base/array.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_ROOM 16

int array_grow(void *list, size_t count, size_t more, size_t *room, size_t size)
{
    void *old, *larger;
    size_t wanted = *room ? *room : FIRST_ROOM;
    while (wanted - count < more && wanted <= SIZE_MAX / 2)
        wanted *= 2;
    if (wanted - count < more || wanted > SIZE_MAX / size)
        return -ENOMEM;
    memcpy(&old, list, sizeof old); /* `list` points to a pointer of any type: C11 6.5, 7 */
    larger = realloc(old, wanted * size);
    if (larger == NULL)
        return -ENOMEM;
    memcpy(list, &larger, sizeof larger);
    *room = wanted;
    return 0;
}

static int compare_addresses(const void *left, const void *right)
{
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return (a > b) - (a < b);
}

void array_sort_addresses(uint64_t *list, size_t count)
{
    if (count > 1) /* qsort(3) may not get NULL */
        qsort(list, count, sizeof *list, compare_addresses);
}

size_t array_find_run(const void *list, size_t count, size_t size,
    int (*compare)(const void *key, const void *element), const void *key, size_t *found)
{
    const char *elements = list;
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare(key, elements + middle * size) > 0)
            low = middle + 1;
        else
            high = middle;
    }
    for (*found = 0; low + *found < count; ++*found)
        if (compare(key, elements + (low + *found) * size) != 0)
            break;
    return low;
}
