/*
 * digits.c - names that differ in digits only.
 */
#include "base/digits.h"

#include <stdbool.h>

void digits_mask(char *text)
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
