/*
 * near_miss.h - which of many names someone may have meant who mistyped one.
 */
#ifndef NAMES_NEAR_MISS_H
#define NAMES_NEAR_MISS_H

#include <stddef.h>

#define NEAR_MISS_COUNT  3
#define NEAR_MISS_LENGTH 127 /* longer names are not compared */

struct near_miss_name {
    char text[NEAR_MISS_LENGTH + 1];
    unsigned distance; /* letters to change, insert, drop or swap with their neighbours */
};

struct near_miss {
    const char *wanted;
    struct near_miss_name best[NEAR_MISS_COUNT]; /* the nearest first */
    size_t count;
};

/* `wanted` must outlive it. There is nothing to finish. */
void near_miss_begin(struct near_miss *near, const char *wanted);

/* Takes a name of so many bytes into account; it is copied if it is near. */
void near_miss_consider(struct near_miss *near, const char *name, size_t length);

/* The same for a name whose distance the caller knows better; one that is too long is left out. */
void near_miss_take(struct near_miss *near, const char *name, size_t length, unsigned distance);

/* "; did you mean 'read', 'pread'?" malloc'ed, or "" when no name is near; names that are
 * farther than the nearest by more than a letter are left out. NULL when out of memory. */
char *near_miss_question(const struct near_miss *near);

#endif
