/*
 * optional_text.h - texts that may be missing.
 */
#ifndef BASE_OPTIONAL_TEXT_H
#define BASE_OPTIONAL_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* Returns whether both are missing (NULL), or equal. */
static inline bool text_is_equal(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

#endif
