/*
 * near_miss.c - which of many names a user may have meant by a mistyped name.
 *
 * One letter in four may be wrong, and one more. The distance is that of Damerau and Levenshtein,
 * in the restricted form: swapped letters are not edited again.
 */
#include "names/near_miss.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

static bool is_same_letter(char a, char b)
{
    return (a | 0x20) == (b | 0x20); /* ignores case */
}

static unsigned edit_distance(const char *a, const char *b, size_t length)
{
    unsigned rows[3][NEAR_MISS_LENGTH + 1];
    unsigned *row = rows[0], *above = rows[1], *above_that = rows[2];
    for (size_t k = 0; k <= length; k++)
        row[k] = (unsigned)k;
    for (size_t i = 1; a[i - 1]; i++) {
        unsigned *next = above_that;
        above_that = above;
        above = row;
        row = next;
        row[0] = (unsigned)i;
        for (size_t k = 1; k <= length; k++) {
            row[k] = least(least(above[k], row[k - 1]) + 1,
                above[k - 1] + !is_same_letter(a[i - 1], b[k - 1]));
            if (i > 1 && k > 1 && is_same_letter(a[i - 1], b[k - 2]) &&
                is_same_letter(a[i - 2], b[k - 1]))
                row[k] = least(row[k], above_that[k - 2] + 1);
        }
    }
    return row[length];
}

void near_miss_begin(struct near_miss *near, const char *wanted)
{
    near->wanted = wanted;
    near->count = 0;
}

static bool is_known(const struct near_miss *near, const char *name, size_t length)
{
    for (size_t i = 0; i < near->count; i++)
        if (strncmp(near->best[i].text, name, length) == 0 && near->best[i].text[length] == '\0')
            return true;
    return false;
}

void near_miss_take(struct near_miss *near, const char *name, size_t length, unsigned distance)
{
    size_t at = near->count;
    if (length > NEAR_MISS_LENGTH || is_known(near, name, length))
        return;
    while (at > 0 && distance < near->best[at - 1].distance)
        at--;
    if (at == NEAR_MISS_COUNT)
        return;
    if (near->count < NEAR_MISS_COUNT)
        near->count++;
    memmove(&near->best[at + 1], &near->best[at], (near->count - 1 - at) * sizeof *near->best);
    memcpy(near->best[at].text, name, length);
    near->best[at].text[length] = '\0';
    near->best[at].distance = distance;
}

void near_miss_consider(struct near_miss *near, const char *name, size_t length)
{
    size_t wanted = strlen(near->wanted);
    size_t difference = wanted > length ? wanted - length : length - wanted;
    size_t limit = wanted / 4 + 1;
    if (wanted > NEAR_MISS_LENGTH || length > NEAR_MISS_LENGTH || difference > limit)
        return;
    unsigned distance = edit_distance(near->wanted, name, length);
    if (distance <= limit)
        near_miss_take(near, name, length, distance);
}

char *near_miss_question(const struct near_miss *near)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (out == NULL)
        return NULL;
    for (size_t i = 0; i < near->count; i++)
        if (near->best[i].distance <= near->best[0].distance + 1)
            fprintf(out, "%s'%s'", i ? ", " : "; did you mean ", near->best[i].text);
    if (near->count > 0)
        fputc('?', out);
    if (fclose(out) == 0)
        return text;
    free(text);
    return NULL;
}
