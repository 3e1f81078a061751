/*
 * digits.h - names that differ in digits only.
 */
#ifndef BASE_DIGITS_H
#define BASE_DIGITS_H

#include <stdbool.h>

/* Puts # for each row of digits. */
static inline void digits_mask(char *text)
{
    char *to = text;
    for (const char *from = text; *from; from++) {
        bool is_digit = *from >= '0' && *from <= '9';
        if (!is_digit)
            *to++ = *from;
        else if (to == text || to[-1] != '#')
            *to++ = '#';
    }
    *to = '\0';
}

#endif
