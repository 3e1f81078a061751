/*
 * duration.c - reads a time as users write it.
 */
#include "options/duration.h"

#include <stdlib.h>
#include <string.h>

#define LONGEST_NS (100 * 365.25 * 86400 * 1e9)

static const struct {
    const char *name;
    double ns;
} units[] = {{"ns", 1}, {"us", 1e3}, {"µs", 1e3}, {"ms", 1e6}, {"s", 1e9}, {"m", 60e9},
    {"min", 60e9}, {"h", 3600e9}};

/* Returns 0 if there is no such unit. */
static double find_unit(const char *name)
{
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (strcmp(name, units[i].name) == 0)
            return units[i].ns;
    return 0;
}

bool duration_read(const char *text, uint64_t *ns)
{
    char *end;
    double number = strtod(text, &end), unit = find_unit(end + strspn(end, " "));
    if (end == text || unit == 0 || !(number >= 0) || number * unit > LONGEST_NS)
        return false;
    *ns = (uint64_t)(number * unit);
    return true;
}
