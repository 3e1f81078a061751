/*
 * set_text.c - several descriptors, for which one call waits, as people say them.
 */
#include "objects/set_text.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Adds to a text; NULL, also as the text: out of memory. */
__attribute__((format(printf, 2, 3))) static char *extend(char *text, const char *format, ...)
{
    char *added = NULL, *both = NULL;
    va_list arguments;
    va_start(arguments, format);
    if (vasprintf(&added, format, arguments) < 0)
        added = NULL;
    va_end(arguments);
    if (text && added && asprintf(&both, "%s%s", text, added) < 0)
        both = NULL;
    free(added);
    free(text);
    return both;
}

static size_t count_equal(const char *const *texts, size_t from, size_t to, const char *text)
{
    size_t count = 0;
    for (size_t i = from; i < to; i++)
        count += strcmp(texts[i], text) == 0;
    return count;
}

char *set_text_join(const char *const *texts, size_t known, uint32_t count)
{
    if (count == 0)
        return strdup("several descriptors");
    char *text = extend(strdup(""), "%" PRIu32 " descriptors", count);
    for (size_t i = 0; i < known; i++) {
        size_t times = count_equal(texts, i, known, texts[i]);
        if (count_equal(texts, 0, i, texts[i]) > 0)
            continue;
        text = extend(text, "%s%s", i ? ", " : ": ", texts[i]);
        if (times > 1)
            text = extend(text, " (x%zu)", times);
    }
    return known && count > known ? extend(text, " and %zu more", count - known) : text;
}
