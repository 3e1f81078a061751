/*
 * unit.c - walks a compilation unit once and keeps a flat table of its functions.
 *
 * libdw's own search for the scopes of an address walks the unit each time and does not enter
 * namespaces. The table holds functions and inlined calls; a name is made when it is first needed,
 * because most are never needed.
 */
#include "symbols/unit.h"

#include <dwarf.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "names/demangle.h"
#include "symbols/lines.h"
#include "symbols/ranges.h"
#include "symbols/scope.h"
#include "symbols/frame.h"

enum {
    depth_max = 1000, /* of nested entries; a corrupt file may nest endlessly */
    no_function = -1,
};

struct function {
    Dwarf_Die entry;
    int32_t caller; /* for an inlined call: index of the function in which it is inlined */
    bool is_inlined, is_named;
    const char *name, *linkage_name; /* NULL: unknown */
    char *qualified;                 /* `name`, if it had to be composed, or NULL */
};

struct symbols_unit {
    Dwarf_Die entry;   /* has the lines */
    Dwarf_Die content; /* has the functions: the same entry or, for split DWARF, the one in the .dwo
                        * file */
    const char *directory; /* the compilation directory, if it is removed from file names, or
                            * NULL */
    struct function *functions;
    size_t count, capacity;
    struct symbols_ranges ranges; /* their values are indices in functions[] */
    struct symbols_lines *lines;
    struct symbols_scopes scopes;
};

static int walk_children(struct symbols_unit *unit, Dwarf_Die *parent, int32_t within, int depth);

/* Moves to the next entry of the same parent. Ends the walk where a corrupt file leads
 * backwards. */
static bool next_sibling(Dwarf_Die *entry)
{
    Dwarf_Die next;

    if (dwarf_siblingof(entry, &next) != 0 || dwarf_dieoffset(&next) <= dwarf_dieoffset(entry))
        return false;
    *entry = next;
    return true;
}

static int symbols_unit_append_function(
    struct symbols_unit *unit, const Dwarf_Die *entry, int32_t caller, bool is_inlined)
{
    if (array_reserve(&unit->functions, unit->count, 1, &unit->capacity, sizeof *unit->functions) !=
        0)
        return -ENOMEM;
    unit->functions[unit->count++] = (struct function){
        .entry = *entry, .caller = caller, .is_inlined = is_inlined};
    return 0;
}

/* Adds the ranges of the function that is appended next. Sets *added to their number: 0 for a
 * function that was never compiled, or that the linker has discarded, which is at address 0. */
static int symbols_unit_add_ranges(
    struct symbols_unit *unit, Dwarf_Die *entry, int depth, size_t *added)
{
    Dwarf_Addr base, low, high;
    ptrdiff_t offset = 0;
    int error = 0;

    *added = 0;
    while (!error && (offset = dwarf_ranges(entry, offset, &base, &low, &high)) > 0) {
        if (!low || low >= high)
            continue;
        error = symbols_ranges_add(
            &unit->ranges, low, high, (uint32_t)depth, (uint32_t)unit->count);
        ++*added;
    }
    return error;
}

/* `within` is the function around the entry, or no_function. */
static int walk_function(
    struct symbols_unit *unit, Dwarf_Die *entry, int32_t within, int depth, bool is_inlined)
{
    size_t added = 0;
    int32_t function = no_function;
    int error = 0;

    /* if inlined in a discarded function, its addresses are wrong, too */
    if (!is_inlined || within != no_function)
        error = symbols_unit_add_ranges(unit, entry, depth, &added);
    if (!error && added) {
        function = (int32_t)unit->count;
        error = symbols_unit_append_function(unit, entry, within, is_inlined);
    }
    return error ? error : walk_children(unit, entry, function, depth);
}

static int walk_entry(struct symbols_unit *unit, Dwarf_Die *entry, int32_t within, int depth)
{
    switch (dwarf_tag(entry)) {
    case DW_TAG_subprogram: return walk_function(unit, entry, within, depth, false);
    case DW_TAG_inlined_subroutine: return walk_function(unit, entry, within, depth, true);
    case DW_TAG_lexical_block:
    case DW_TAG_try_block:
    case DW_TAG_catch_block:
    case DW_TAG_with_stmt:
    case DW_TAG_namespace:
    case DW_TAG_module:
    case DW_TAG_class_type:
    case DW_TAG_structure_type:
    case DW_TAG_union_type:
    case DW_TAG_interface_type: return walk_children(unit, entry, within, depth);
    default: return 0;
    }
}

static int walk_children(struct symbols_unit *unit, Dwarf_Die *parent, int32_t within, int depth)
{
    Dwarf_Die child;
    int error = 0;

    if (depth >= depth_max || dwarf_child(parent, &child) != 0)
        return 0;
    do
        error = walk_entry(unit, &child, within, depth + 1);
    while (!error && next_sibling(&child));
    return error;
}

static const char *string_of(Dwarf_Die *entry, unsigned name)
{
    Dwarf_Attribute attribute;

    return dwarf_formstring(dwarf_attr_integrate(entry, name, &attribute));
}

/* If the compiler was given an absolute name, so were its headers: then nothing is removed. */
static const char *directory_to_cut(struct symbols_unit *unit)
{
    const char *name = dwarf_diename(&unit->content);

    return name && *name == '/' ? NULL : string_of(&unit->entry, DW_AT_comp_dir);
}

static void find_content(struct symbols_unit *unit)
{
    uint8_t type;
    Dwarf_Die split;

    if (dwarf_cu_info(unit->entry.cu, NULL, &type, NULL, &split, NULL, NULL, NULL) == 0 &&
        type == DW_UT_skeleton && split.addr)
        unit->content = split;
}

struct symbols_unit *symbols_unit_create(const Dwarf_Die *entry)
{
    struct symbols_unit *unit = calloc(1, sizeof(*unit));

    if (!unit)
        return NULL;
    unit->entry = unit->content = *entry;
    find_content(unit);
    unit->directory = directory_to_cut(unit);
    unit->lines = symbols_lines_create(entry);
    if (!unit->lines || walk_children(unit, &unit->content, no_function, 0) != 0 ||
        symbols_ranges_seal(&unit->ranges) != 0) {
        symbols_unit_destroy(unit);
        return NULL;
    }
    return unit;
}

void symbols_unit_destroy(struct symbols_unit *unit)
{
    if (!unit)
        return;
    for (size_t i = 0; i < unit->count; i++)
        free(unit->functions[i].qualified);
    symbols_ranges_finish(&unit->ranges);
    symbols_lines_destroy(unit->lines);
    symbols_scopes_finish(&unit->scopes);
    free(unit->functions);
    free(unit);
}

static void find_names(
    struct symbols_unit *unit, struct demangler *demangler, struct function *function)
{
    const char *linkage_name = string_of(&function->entry, DW_AT_linkage_name);

    function->is_named = true;
    function->name = dwarf_diename(&function->entry);
    if (!linkage_name)
        linkage_name = string_of(&function->entry, DW_AT_MIPS_linkage_name);
    if (linkage_name) {
        struct demangled demangled = demangle(demangler, linkage_name);
        function->linkage_name = demangled.linkage_name;
        if (demangled.is_mangled || !function->name)
            function->name = demangled.function;
        return;
    }
    function->qualified = symbols_scope_qualify(&unit->scopes, &unit->content, &function->entry);
    if (function->qualified)
        function->name = function->qualified;
}

/* Returns a file's name as symbols/frame.h describes it. Names in DWARF outlive the unit. */
static const char *as_typed(const struct symbols_unit *unit, const char *file)
{
    size_t length = unit->directory ? strlen(unit->directory) : 0;

    if (!file)
        return NULL;
    if (length && strncmp(file, unit->directory, length) == 0 && file[length] == '/')
        file += length + strspn(file + length, "/");
    while (strncmp(file, "./", 2) == 0)
        file += 2 + strspn(file + 2, "/");
    return file;
}

/* 0 is "unknown", as in symbols/frame.h; so is a number that is too large for any file. */
static int line_number(Dwarf_Word value)
{
    return value <= INT32_MAX ? (int)value : 0;
}

static int number_of(Dwarf_Die *entry, unsigned name)
{
    Dwarf_Attribute attribute;
    Dwarf_Word value;

    if (dwarf_formudata(dwarf_attr(entry, name, &attribute), &value) != 0)
        return 0;
    return line_number(value);
}

/* Finds a file by its number, which refers to the line table, also for split DWARF (DWARF 5,
 * 7.3.2.1). */
static const char *file_name(struct symbols_unit *unit, size_t number)
{
    Dwarf_Files *files;
    size_t count;

    if (dwarf_getsrcfiles(&unit->entry, &files, &count) != 0 || number >= count)
        return NULL;
    return as_typed(unit, dwarf_filesrc(files, number, NULL, NULL));
}

static void set_line(struct symbols_unit *unit, Dwarf_Addr address, struct symbol_frame *frame)
{
    struct symbols_line line;

    if (!symbols_lines_find(unit->lines, address, &line))
        return;
    frame->file = file_name(unit, line.file);
    frame->line = line_number(line.line);
    frame->column = line_number(line.column);
}

/* Sets the place where `inlined` was called. */
static void set_call_site(struct symbols_unit *unit, Dwarf_Die *inlined, struct symbol_frame *frame)
{
    Dwarf_Attribute attribute;

    frame->line = number_of(inlined, DW_AT_call_line);
    frame->column = number_of(inlined, DW_AT_call_column);
    if (dwarf_attr(inlined, DW_AT_call_file, &attribute))
        frame->file = file_name(unit, (size_t)number_of(inlined, DW_AT_call_file));
}

static size_t chain_length(const struct symbols_unit *unit, uint32_t innermost)
{
    size_t length = 1;

    if (innermost == SYMBOLS_RANGES_NONE)
        return length;
    for (const struct function *at = &unit->functions[innermost]; at->is_inlined; length++)
        at = &unit->functions[at->caller];
    return length;
}

int symbols_unit_chain(struct symbols_unit *unit, struct demangler *demangler, Dwarf_Addr address,
    struct symbol_frame **frames, size_t *count)
{
    uint32_t innermost = symbols_ranges_find(&unit->ranges, address);
    size_t length = chain_length(unit, innermost);
    struct symbol_frame *chain = calloc(length, sizeof(*chain));

    if (!chain)
        return -ENOMEM;
    set_line(unit, address, &chain[length - 1]);
    int32_t at = innermost == SYMBOLS_RANGES_NONE ? no_function : (int32_t)innermost;
    for (size_t i = length; at != no_function && i-- > 0; at = unit->functions[at].caller) {
        struct function *function = &unit->functions[at];
        if (!function->is_named)
            find_names(unit, demangler, function);
        chain[i].function = function->name;
        chain[i].linkage_name = function->linkage_name;
        chain[i].is_inlined = function->is_inlined;
        if (i > 0)
            set_call_site(unit, &function->entry, &chain[i - 1]);
    }
    *frames = chain;
    *count = length;
    return 0;
}
