/*
 * glob.c - patterns in the tables of this room.
 */
#include "view/glob.h"

#include <stddef.h>
#include <string.h>

#include "names/function_name.h"

/* After a mismatch, the last * takes one letter more: an earlier one need not be tried again. */
static bool glob_matches_range(const char *pattern, const char *text, const char *end)
{
    const char *star = NULL, *after = NULL;
    while (text < end) {
        if (*pattern == '*') {
            star = pattern++;
            after = text;
        } else if (*pattern == *text) {
            pattern++;
            text++;
        } else if (star) {
            pattern = star + 1;
            text = ++after;
        } else {
            return false;
        }
    }
    return pattern[strspn(pattern, "*")] == '\0';
}

bool glob_matches(const char *pattern, const char *text)
{
    return glob_matches_range(pattern, text, text + strlen(text));
}

bool glob_matches_name(const char *pattern, const char *function)
{
    const char *parameters;
    struct name_text name = function_name_strip(function, &parameters);
    return glob_matches_range(pattern, name.start, name.end);
}
