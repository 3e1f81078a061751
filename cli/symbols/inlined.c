/*
 * inlined.c - functions that the compiler has inlined into their callers.
 *
 * DWARF has each such function once, as an "abstract" entry with DW_AT_inline, whatever became of
 * its calls (DWARF 5, 3.3.8).
 */
#include "symbols/inlined.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "symbols/file.h"
#include "symbols/scope.h"

/* Deeper nested namespaces and classes are ignored. */
#define DEPTH_MAX 32

struct search {
    Dwarf_Die *unit;
    struct symbols_scopes *scopes;
    bool any;
    symbols_inlined_match *matches;
    void *context;
};

static const char *linkage_name(Dwarf_Die *entry)
{
    Dwarf_Attribute attribute;
    if (dwarf_attr_integrate(entry, DW_AT_linkage_name, &attribute) == NULL &&
        dwarf_attr_integrate(entry, DW_AT_MIPS_linkage_name, &attribute) == NULL)
        return NULL;
    return dwarf_formstring(&attribute);
}

static bool is_inlined(Dwarf_Die *entry)
{
    Dwarf_Attribute attribute;
    Dwarf_Word value;
    return dwarf_formudata(dwarf_attr(entry, DW_AT_inline, &attribute), &value) == 0 &&
           (value == DW_INL_inlined || value == DW_INL_declared_inlined);
}

static bool is_match(const struct search *search, Dwarf_Die *entry)
{
    if (search->any ? dwarf_hasattr(entry, DW_AT_declaration) : !is_inlined(entry))
        return false;
    const char *name = dwarf_diename(entry), *linked = linkage_name(entry);
    if (name == NULL || linked != NULL)
        return name != NULL && search->matches(name, linked, search->context);
    char *qualified = symbols_scope_qualify(search->scopes, search->unit, entry);
    bool is_meant = search->matches(qualified ? qualified : name, NULL, search->context);
    free(qualified);
    return is_meant;
}

static bool has_functions(int tag)
{
    switch (tag) {
    case DW_TAG_namespace:
    case DW_TAG_module:
    case DW_TAG_structure_type:
    case DW_TAG_class_type:
    case DW_TAG_union_type:
    case DW_TAG_enumeration_type: return true;
    default: return false;
    }
}

static bool find_below(const struct search *search, Dwarf_Die *parent, int depth)
{
    Dwarf_Die entry;
    if (depth == DEPTH_MAX || dwarf_child(parent, &entry) != 0)
        return false;
    do {
        int tag = dwarf_tag(&entry);
        if (tag == DW_TAG_subprogram && is_match(search, &entry))
            return true;
        if ((has_functions(tag) || (search->any && tag == DW_TAG_subprogram)) &&
            find_below(search, &entry, depth + 1))
            return true;
    } while (dwarf_siblingof(&entry, &entry) == 0);
    return false;
}

int symbols_inlined_find(
    bool *is_found, const char *path, bool any, symbols_inlined_match *matches, void *context)
{
    struct symbols_scopes scopes = {NULL};
    struct search search = {NULL, &scopes, any, matches, context};
    struct symbols_file file;
    const char *why;
    Dwarf_Addr bias;
    bool found = false;
    if (symbols_file_open(&file, path, NULL, &why) != 0)
        return -ENOENT;
    Dwarf *dwarf = dwfl_module_getdwarf(file.module, &bias);
    Dwarf_CU *unit = NULL;
    Dwarf_Die entry, split;
    while (
        dwarf && !found && dwarf_get_units(dwarf, unit, &unit, NULL, NULL, &entry, &split) == 0) {
        bool is_skeleton = dwarf_tag(&entry) == DW_TAG_skeleton_unit;
        search.unit = is_skeleton ? &split : &entry;
        found = find_below(&search, search.unit, 0);
    }
    symbols_scopes_finish(&scopes);
    symbols_file_close(&file);
    if (dwarf == NULL)
        return -ENOENT;
    *is_found = found;
    return 0;
}

/* ---- the functions into which one was inlined ---- */

struct callers {
    struct search search;
    char **list;
    size_t count, room;
    Dwarf_Off known; /* the origin that was checked last */
    bool is_known_match;
};

static bool is_of_match(struct callers *callers, Dwarf_Die *inlined)
{
    Dwarf_Attribute attribute;
    Dwarf_Die origin, unit;
    if (dwarf_formref_die(dwarf_attr(inlined, DW_AT_abstract_origin, &attribute), &origin) ==
            NULL ||
        dwarf_diecu(&origin, &unit, NULL, NULL) == NULL)
        return false;
    if (dwarf_dieoffset(&origin) != callers->known) {
        callers->known = dwarf_dieoffset(&origin);
        callers->search.unit = &unit;
        callers->is_known_match = is_match(&callers->search, &origin);
    }
    return callers->is_known_match;
}

static void add_caller(struct callers *callers, Dwarf_Die *unit, Dwarf_Die *function)
{
    char *name = symbols_scope_qualify(callers->search.scopes, unit, function);
    if (name == NULL && dwarf_diename(function))
        name = strdup(dwarf_diename(function));
    for (size_t i = 0; name && i < callers->count; i++) {
        if (strcmp(callers->list[i], name) == 0) {
            free(name);
            name = NULL;
        }
    }
    if (name)
        callers->list[callers->count++] = name;
}

/* `function`: the innermost function around `parent` that has code of its own; NULL: none. */
static void find_callers(
    struct callers *callers, Dwarf_Die *unit, Dwarf_Die *parent, Dwarf_Die *function, int depth)
{
    Dwarf_Die entry;
    if (depth == DEPTH_MAX || dwarf_child(parent, &entry) != 0)
        return;
    do {
        int tag = dwarf_tag(&entry);
        bool is_function = tag == DW_TAG_subprogram;
        if (tag == DW_TAG_inlined_subroutine && function && is_of_match(callers, &entry))
            add_caller(callers, unit, function);
        if (is_function || has_functions(tag) || tag == DW_TAG_inlined_subroutine ||
            tag == DW_TAG_lexical_block)
            find_callers(callers, unit, &entry, is_function ? &entry : function, depth + 1);
    } while (callers->count < callers->room && dwarf_siblingof(&entry, &entry) == 0);
}

size_t symbols_inlined_callers(
    char **list, size_t room, const char *path, symbols_inlined_match *matches, void *context)
{
    struct symbols_scopes scopes = {NULL};
    struct callers callers = {{NULL, &scopes, false, matches, context}, list, 0, room, 0, false};
    struct symbols_file file;
    const char *why;
    Dwarf_Addr bias;
    if (room == 0 || symbols_file_open(&file, path, NULL, &why) != 0)
        return 0;
    Dwarf *dwarf = dwfl_module_getdwarf(file.module, &bias);
    Dwarf_CU *unit = NULL;
    Dwarf_Die entry, split;
    while (dwarf && callers.count < room &&
           dwarf_get_units(dwarf, unit, &unit, NULL, NULL, &entry, &split) == 0) {
        Dwarf_Die *top = dwarf_tag(&entry) == DW_TAG_skeleton_unit ? &split : &entry;
        callers.known = 0; /* split units have their own offsets */
        callers.is_known_match = false;
        find_callers(&callers, top, top, NULL, 0);
    }
    symbols_scopes_finish(&scopes);
    symbols_file_close(&file);
    return callers.count;
}
