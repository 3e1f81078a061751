/*
 * scope.c - qualified names for functions without a linkage name: gcc gives none to static
 * functions and to those in unnamed namespaces.
 *
 * DWARF entries do not know their parents. So the search goes down again from the unit, at each
 * level into the one entry that can contain the function, and skips the others. Many functions have
 * the same parents, so the children of an entry are listed only once.
 */
#include "symbols/scope.h"

#include <dwarf.h>
#include <search.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"

enum { references_max = 16 }; /* libdw's limit; the references of a corrupt file may be circular */

/* Returns the declaration of the function; `entry` may be an instance or a definition of it. */
static Dwarf_Die declaration_of(const Dwarf_Die *entry)
{
    Dwarf_Die at = *entry, next;
    Dwarf_Attribute attribute;

    for (int i = 0; i < references_max; i++) {
        if (!dwarf_formref_die(dwarf_attr(&at, DW_AT_abstract_origin, &attribute), &next) &&
            !dwarf_formref_die(dwarf_attr(&at, DW_AT_specification, &attribute), &next))
            break;
        at = next;
    }
    return at;
}

/* The children of one entry. */
struct level {
    const void *parent; /* address of the parent entry */
    Dwarf_Die *list;    /* by offset */
    size_t count;
};

static int compare_levels(const void *left, const void *right)
{
    const struct level *a = left, *b = right;

    return (a->parent > b->parent) - (a->parent < b->parent);
}

static void destroy_level(void *data)
{
    struct level *level = data;

    free(level->list);
    free(level);
}

void symbols_scopes_finish(struct symbols_scopes *scopes)
{
    tdestroy(scopes->levels, destroy_level);
    scopes->levels = NULL;
}

/* Ends where a corrupt file leads backwards. */
static bool fill_level(struct level *level, Dwarf_Die *parent)
{
    Dwarf_Die child, next;
    size_t capacity = 0;

    if (dwarf_child(parent, &child) != 0)
        return true;
    for (;;) {
        if (array_reserve(&level->list, level->count, 1, &capacity, sizeof *level->list) != 0)
            return false;
        level->list[level->count++] = child;
        if (dwarf_siblingof(&child, &next) != 0 ||
            dwarf_dieoffset(&next) <= dwarf_dieoffset(&child))
            return true;
        child = next;
    }
}

/* NULL when out of memory. */
static const struct level *find_level(struct symbols_scopes *scopes, Dwarf_Die *parent)
{
    struct level key = {.parent = parent->addr};
    struct level **found = tfind(&key, &scopes->levels, compare_levels);

    if (found)
        return *found;
    struct level *level = calloc(1, sizeof(*level));
    if (!level)
        return NULL;
    level->parent = parent->addr;
    if (!fill_level(level, parent) || !tsearch(level, &scopes->levels, compare_levels)) {
        destroy_level(level);
        return NULL;
    }
    return level;
}

/* Moves *scope to its child that contains the entry at `target`. Returns false if that is the entry
 * itself. */
static bool step_towards(struct symbols_scopes *scopes, Dwarf_Die *scope, Dwarf_Off target)
{
    const struct level *level = find_level(scopes, scope);
    size_t low = 0, high = level ? level->count : 0;

    if (high == 0)
        return false;
    while (high - low > 1) { /* finds the last child that does not begin after it */
        size_t middle = low + (high - low) / 2;
        if (dwarf_dieoffset(&level->list[middle]) <= target)
            low = middle;
        else
            high = middle;
    }
    *scope = level->list[low];
    return dwarf_dieoffset(scope) < target;
}

/* Returns the part that the scope adds to a qualified name, or NULL. */
static const char *tree_name(Dwarf_Die *scope)
{
    const char *name = dwarf_diename(scope);

    switch (dwarf_tag(scope)) {
    case DW_TAG_namespace: return name ? name : "(anonymous namespace)";
    case DW_TAG_class_type:
    case DW_TAG_structure_type:
    case DW_TAG_union_type: return name ? name : "(anonymous)";
    case DW_TAG_subprogram: return name;
    default: return NULL;
    }
}

static bool has_scopes(Dwarf_Die *unit)
{
    switch (dwarf_srclang(unit)) {
    case DW_LANG_C_plus_plus:
    case DW_LANG_C_plus_plus_03:
    case DW_LANG_C_plus_plus_11:
    case DW_LANG_C_plus_plus_14: return true;
    default: return false;
    }
}

char *symbols_scope_qualify(
    struct symbols_scopes *scopes, Dwarf_Die *unit, const Dwarf_Die *function)
{
    Dwarf_Die declaration = declaration_of(function), scope;
    const char *name = dwarf_diename(&declaration);
    Dwarf_Off target = dwarf_dieoffset(&declaration);
    char *text = NULL;
    size_t size;

    if (!name || !has_scopes(unit) || !dwarf_diecu(&declaration, &scope, NULL, NULL))
        return NULL;
    FILE *out = open_memstream(&text, &size);
    if (!out)
        return NULL;
    while (step_towards(scopes, &scope, target)) {
        const char *part = tree_name(&scope);
        if (part)
            fprintf(out, "%s::", part);
    }
    fputs(name, out);
    if (fclose(out) != 0 || strcmp(text, name) == 0) {
        free(text);
        return NULL;
    }
    return text;
}
