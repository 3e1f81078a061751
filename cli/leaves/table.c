/*
 * table.c - looks functions and groups up in the table.
 */
#include "leaves/table.h"

#include <string.h>

#include "hook_record.h"

const char *table_shown_name(const struct table_function *function)
{
    return function->shown_as ? function->shown_as : function->name;
}

static bool table_has_symbol(const struct table_function *function, const char *name)
{
    if (strcmp(function->name, name) == 0)
        return true;
    for (const char *const *twin = function->twins; twin && *twin; twin++)
        if (strcmp(*twin, name) == 0)
            return true;
    return false;
}

const struct table_function *table_find(const char *symbol)
{
    for (size_t i = 0; i < table_function_count; i++)
        if (table_has_symbol(&table_functions[i], symbol))
            return &table_functions[i];
    return NULL;
}

/* Before glibc 2.33, programs call __xstat, whose first argument is a version, for stat, and so on.
 */
static uint32_t behind_version(uint32_t flags)
{
    uint32_t object = flags & HOOK_OBJECT_OF(31);
    return (flags & ~object) |
           (object == HOOK_OBJECT_OF(HOOK_OBJECT_PATH) ? HOOK_OBJECT_OF(HOOK_OBJECT_PATH_AT) : 0);
}

static bool takes_version(const char *symbol)
{
    return strncmp(symbol, "__x", 3) == 0 || strncmp(symbol, "__fx", 4) == 0 ||
           strncmp(symbol, "__lx", 4) == 0;
}

uint32_t table_flags(const struct table_function *function, const char *symbol)
{
    return takes_version(symbol) ? behind_version(function->hook_flags) : function->hook_flags;
}

const struct leaf_group *table_find_group(const char *name)
{
    for (const struct leaf_group *group = leaf_groups; group->name; group++)
        if (strcmp(group->name, name) == 0)
            return group;
    return NULL;
}

size_t table_symbol_count(const struct table_function *function)
{
    size_t count = 1;
    for (const char *const *twin = function->twins; twin && *twin; twin++)
        count++;
    return count;
}
