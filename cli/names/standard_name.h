/*
 * standard_name.h - what people do not write of names of the standard library of C++.
 */
#ifndef NAMES_STANDARD_NAME_H
#define NAMES_STANDARD_NAME_H

#include <stdbool.h>
#include <stddef.h>

/* A piece of a name; not ended by NUL. */
struct piece {
    const char *text;
    size_t length;
};

bool piece_is(struct piece piece, const char *text);
bool piece_starts_with(struct piece piece, const char *text);

/* Returns whether it is an inline namespace of a library: __cxx11, __1. */
bool standard_name_is_inline(struct piece word);

/* Returns whether a template argument, which is not the first one, is what a template of the
 * standard library has there when nothing is written: std::allocator<...>, or std::less<FIRST> and
 * such, where FIRST is the first argument. */
bool standard_name_is_default(struct piece argument, struct piece first);

/* Sets *prefix and *plain to the parts of the name that people write for a template with one
 * argument: "w" and "string" for std::basic_string<wchar_t>. `name` is without the brackets.
 * Returns false if there is no such name. */
bool standard_name_find(
    struct piece name, struct piece argument, const char **prefix, struct piece *plain);

#endif
