/*
 * text.h - puts names of files together.
 *
 * `limit` is where the buffer's last byte is. What does not fit is cut off: the name is then that
 * of no file. Both return where the text ends, with a NUL there.
 */
#ifndef TEXT_H
#define TEXT_H

#include <stdint.h>

static inline char *text_append(char *at, const char *limit, const char *text)
{
    while (*text && at < limit)
        *at++ = *text++;
    *at = '\0';
    return at;
}

/* In base 10 or 16. */
static inline char *text_append_number(char *at, const char *limit, uint64_t number, unsigned base)
{
    char digits[21];
    char *first = digits + sizeof digits - 1;
    *first = '\0';
    do
        *--first = "0123456789abcdef"[number % base];
    while (number /= base);
    return text_append(at, limit, first);
}

#endif
