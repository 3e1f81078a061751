/*
 * text.h - builds names of files, hashes them, and reads numbers.
 *
 * `limit` is the address of the buffer's last byte. Longer text is cut off: no file has such a
 * name. The first two functions return the address of the NUL at the end of the text.
 */
#ifndef TEXT_H
#define TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static inline char *text_append(char *at, const char *limit, const char *text)
{
    while (*text && at < limit)
        *at++ = *text++;
    *at = '\0';
    return at;
}

/* `base` is 10 or 16. */
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

static inline bool text_begins_with(const char *text, const char *prefix)
{
    while (*prefix && *text == *prefix)
        text++, prefix++;
    return *prefix == '\0';
}

/* The number at the beginning of the text, at most `limit`; 0 if there is none, or if `text` is
 * NULL. */
static inline uint32_t text_number(const char *text, uint32_t limit)
{
    uint32_t value = 0;
    for (; text && *text >= '0' && *text <= '9' && value <= limit; text++)
        value = value * 10 + (uint32_t)(*text - '0');
    return value < limit ? value : limit;
}

#define TEXT_HASH UINT64_C(0xcbf29ce484222325) /* the initial value of a hash */

/* FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv/) of `length` bytes, continued from `hash`. */
static inline uint64_t text_hash(uint64_t hash, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)text[i]) * UINT64_C(0x100000001b3);
    return hash;
}

#endif
