/*
 * fit.h - cuts a text in its middle, so that it fits into a number of columns.
 */
#ifndef NAMES_FIT_H
#define NAMES_FIT_H

#include <stddef.h>

/* Returns `text` if it takes at most `columns` columns; otherwise its beginning, `ellipsis` and its
 * end, which together take at most so many: "std::vec…::push_back". Columns are those of
 * base/character.h, for a text that is written with message_write_harmless. No character is cut,
 * and a combining character stays with the one that it follows. Of an ellipsis that does not fit
 * itself, the beginning is returned. The result is malloc'ed; NULL when out of memory. */
char *names_fit(const char *text, size_t columns, const char *ellipsis);

/* The same; the end of the text is kept. */
char *names_fit_end(const char *text, size_t columns, const char *ellipsis);

#endif
