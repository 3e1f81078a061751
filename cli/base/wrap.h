/*
 * wrap.h - text whose lines are not wider than the terminal.
 */
#ifndef BASE_WRAP_H
#define BASE_WRAP_H

#include <stddef.h>

/* Returns the text, malloc'ed; NULL when out of memory. A line that is wider than `columns`, 10 or
 * more, goes on in further lines, which are indented: it is broken between words, or in a word that
 * is wider than a line. A line that begins with a space is part of a table, and stays as it is.
 * Colours (ECMA-48, "Select Graphic Rendition") take no columns. */
char *wrap_text(const char *text, size_t columns);

#endif
