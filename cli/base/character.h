/*
 * character.h - the characters of a text that may hold any bytes, as a terminal shows them.
 */
#ifndef BASE_CHARACTER_H
#define BASE_CHARACTER_H

#include <stdbool.h>
#include <stddef.h>

struct character {
    size_t length;    /* bytes: 1 to 4; 0 at the end of the text */
    bool is_harmless; /* otherwise message_write_harmless writes \xNN for each byte */
    unsigned columns; /* as message_write_harmless writes it: 0 (a combining character), 1, 2 (a
                       * wide one), or 4 for each escaped byte */
};

/* Returns the character at `text`: a well-formed one of UTF-8, or a byte that belongs to none,
 * which is not harmless. Neither are controls, and what changes the order or the line in which text
 * is read. The widths are those of wcwidth(3) of glibc 2.36 (Unicode 14), in every locale. */
struct character character_at(const char *text);

/* Returns the columns of the whole text. */
size_t character_columns(const char *text);

#endif
