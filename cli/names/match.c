/*
 * match.c - whether a name that the user typed names a function.
 */
#include "names/match.h"

#include <string.h>

#include "names/function_name.h"

/* "Shop.open" and "open" name D's "app.Shop.open(int)". Its template arguments are in parentheses,
 * too: "app.Cache!(int).fill(int)". */
static bool names_d_function(const char *wanted, const char *function)
{
    size_t length = strlen(wanted), end = strlen(function), open = 0;
    if (strchr(function, ')') == NULL)
        return false;
    while (function[end - 1] != ')')
        end--;
    do {
        end--;
        open += function[end] == ')';
        open -= function[end] == '(';
    } while (open > 0 && end > 0);
    return length > 0 && length < end && function[end - length - 1] == '.' &&
           memcmp(function + end - length, wanted, length) == 0;
}

bool name_matches(const char *wanted, const char *function, const char *linkage_name)
{
    if (linkage_name && strcmp(wanted, linkage_name) == 0)
        return true;
    if (function == NULL)
        return false;
    if (strcmp(wanted, function) == 0)
        return true;

    if (linkage_name && strncmp(linkage_name, "_D", 2) == 0 && names_d_function(wanted, function))
        return true;

    const char *wanted_parameters, *parameters;
    struct name_text wanted_name = function_name_strip(wanted, &wanted_parameters);
    struct name_text name = function_name_strip(function, &parameters);
    size_t wanted_count = function_name_count_parts(wanted_name),
           count = function_name_count_parts(name);
    if (wanted_parameters || wanted_count == 0 || wanted_count > count)
        return false;

    struct name_part part, wanted_part;
    for (size_t i = count - wanted_count; i > 0; i--)
        function_name_next_part(&name, &part);
    while (function_name_next_part(&name, &part) &&
           function_name_next_part(&wanted_name, &wanted_part))
        if (!function_name_part_matches(&wanted_part, &part))
            return false;
    return true;
}
