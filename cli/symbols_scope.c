/*
 * symbols_scope.c - for functions without a linkage name: gcc gives none to static functions
 * and to those in unnamed namespaces.
 *
 * DWARF entries do not know their parents. So the way leads down again from the unit, at each
 * level into the one entry that can contain the function, skipping the others whole.
 */
#include "symbols_scope.h"

#include <dwarf.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { references_max = 16 }; /* as libdw follows them; a corrupt file may lead in circles */

/* Where the function was declared, of which `entry` may be an instance or a definition. */
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

/* Moves *scope to its child that contains the entry at `target`. False at the entry itself. */
static bool step_towards(Dwarf_Die *scope, Dwarf_Off target)
{
    Dwarf_Die child, next;

    if (dwarf_child(scope, &child) != 0)
        return false;
    while (dwarf_siblingof(&child, &next) == 0 && dwarf_dieoffset(&next) <= target &&
           dwarf_dieoffset(&next) > dwarf_dieoffset(&child))
        child = next;
    *scope = child;
    return dwarf_dieoffset(&child) < target;
}

/* What the scope adds to a qualified name, or NULL. */
static const char *scope_name(Dwarf_Die *scope)
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

char *symbols_scope_qualify(Dwarf_Die *unit, const Dwarf_Die *function)
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
    while (step_towards(&scope, target)) {
        const char *part = scope_name(&scope);
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
