/*
 * fit.c - cuts a text in its middle, so that it fits into a number of columns.
 */
#include "names/fit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/character.h"

/* Returns the end of the longest beginning of the text that takes at most `columns` columns. */
static const char *end_of_beginning(const char *text, size_t columns)
{
    for (struct character at; at = character_at(text), at.length > 0; text += at.length) {
        if (at.columns > columns)
            break;
        columns -= at.columns;
    }
    return text;
}

/* Returns the start of the longest end of the text, which takes `total` columns, that takes at most
 * `columns` columns and does not begin with a combining character. */
static const char *start_of_end(const char *text, size_t total, size_t columns)
{
    for (struct character at; at = character_at(text), at.length > 0; text += at.length) {
        if (total <= columns && at.columns > 0)
            break;
        total -= at.columns;
    }
    return text;
}

char *names_fit(const char *text, size_t columns, const char *ellipsis)
{
    size_t total = character_columns(text), between = character_columns(ellipsis);
    if (total <= columns)
        return strdup(text);
    if (between > columns)
        return strndup(ellipsis, (size_t)(end_of_beginning(ellipsis, columns) - ellipsis));
    const char *end = start_of_end(text, total, (columns - between + 1) / 2);
    size_t head = (size_t)(end_of_beginning(text, (columns - between) / 2) - text);
    size_t middle = strlen(ellipsis), tail = strlen(end);
    char *fitted = malloc(head + middle + tail + 1);
    if (fitted == NULL)
        return NULL;
    memcpy(fitted, text, head);
    memcpy(fitted + head, ellipsis, middle);
    memcpy(fitted + head + middle, end, tail + 1);
    return fitted;
}

char *names_fit_end(const char *text, size_t columns, const char *ellipsis)
{
    size_t total = character_columns(text), dots = character_columns(ellipsis);
    char *fitted = NULL;
    if (total <= columns || columns <= dots)
        return names_fit(text, columns, ellipsis);
    return asprintf(&fitted, "%s%s", ellipsis, start_of_end(text, total, columns - dots)) < 0
               ? NULL
               : fitted;
}
