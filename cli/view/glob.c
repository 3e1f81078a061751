/*
 * glob.c - patterns in the tables of this room.
 */
#include "view/glob.h"

#include <stddef.h>
#include <string.h>

#include "names/function_name.h"

/* After a mismatch, the last * takes one letter more: an earlier one need not be tried again. */
static bool glob_matches_range(
    const char *pattern, const char *pattern_end, const char *text, const char *end)
{
    const char *star = NULL, *after = NULL;
    while (text < end) {
        if (pattern < pattern_end && *pattern == '*') {
            star = pattern++;
            after = text;
        } else if (pattern < pattern_end && *pattern == *text) {
            pattern++;
            text++;
        } else if (star) {
            pattern = star + 1;
            text = ++after;
        } else {
            return false;
        }
    }
    while (pattern < pattern_end && *pattern == '*')
        pattern++;
    return pattern == pattern_end;
}

bool glob_matches(const char *pattern, const char *text)
{
    return glob_matches_range(pattern, pattern + strlen(pattern), text, text + strlen(text));
}

bool glob_matches_one(const char *patterns, const char *text)
{
    while (*patterns) {
        const char *end = patterns + strcspn(patterns, " ");
        if (glob_matches_range(patterns, end, text, text + strlen(text)))
            return true;
        patterns = end + strspn(end, " ");
    }
    return false;
}

bool glob_matches_name(const char *pattern, const char *function)
{
    const char *parameters;
    struct name_text name = function_name_strip(function, &parameters);
    return glob_matches_range(pattern, pattern + strlen(pattern), name.start, name.end);
}
