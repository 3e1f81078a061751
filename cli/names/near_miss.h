/*
 * near_miss.h - which of many names a user may have meant by a mistyped name.
 */
#ifndef NAMES_NEAR_MISS_H
#define NAMES_NEAR_MISS_H

#include <stddef.h>

#define NEAR_MISS_COUNT  3
#define NEAR_MISS_LENGTH 127 /* longer names are not compared */

struct near_miss_name {
    char text[NEAR_MISS_LENGTH + 1];
    unsigned distance; /* number of letters to change, insert, drop or swap with a neighbour */
};

struct near_miss {
    const char *wanted;
    struct near_miss_name best[NEAR_MISS_COUNT]; /* the nearest comes first */
    size_t count;
};

/* `wanted` must outlive `near`. Nothing has to be freed. */
void near_miss_begin(struct near_miss *near, const char *wanted);

/* Considers a name of `length` bytes; copies it if it is near. */
void near_miss_consider(struct near_miss *near, const char *name, size_t length);

/* The same for a name whose distance the caller knows better; ignores a name that is too long. */
void near_miss_take(struct near_miss *near, const char *name, size_t length, unsigned distance);

/* Returns "; did you mean 'read', 'pread'?", malloc'ed, or "" if no name is near. Omits names that
 * are farther than the nearest one by more than one letter. NULL when out of memory. */
char *near_miss_question(const struct near_miss *near);

#endif
