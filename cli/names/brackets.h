/*
 * brackets.h - the brackets of a demangled name, and its operators.
 */
#ifndef NAMES_BRACKETS_H
#define NAMES_BRACKETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Returns whether the character belongs to an identifier, or to what compilers add to one
 * (foo.isra.0, main::$_0, UTF-8). */
static inline bool brackets_is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c & 0x80) || (c && strchr("_$.#", c));
}

/* Sets partner[i], for i in [0, length), to
 *     the index of the bracket that closes the one of (<[{ at i,
 *     the end of the operator's name at i ("operator()", "operator" of "operator int"),
 *     or 0, for everything else: also for a < or > that compares ("Foo<((N)>(1))>").
 * Returns false if the brackets do not match; then `partner` holds anything. */
bool brackets_match(const char *text, size_t length, uint32_t *partner);

#endif
