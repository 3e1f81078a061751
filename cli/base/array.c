/*
 * array.c - arrays that grow.
 */
#include "base/array.h"

#include <errno.h>
#include <stdint.h>
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
