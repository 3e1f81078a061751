/*
 * function_matches.c - the symbols that leaves name, before symbols of the same function are
 * merged.
 *
 * Leaves of the table, and names that may be C names, are looked up in the hash table of .dynsym,
 * which costs next to nothing. All symbols are visited only for names in the forms that users write
 * (names/function_spec.h). A debug file is opened only if such a name is not exported, or can only
 * be found among all symbols.
 */
#include "leaves/function_matches.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arch/machine.h"
#include "base/array.h"
#include "elf/c_library.h"
#include "elf/function_tables.h"
#include "hook_record.h"
#include "leaves/fibers.h"
#include "leaves/leaves.h"
#include "names/demangle.h"
#include "names/function_spec.h"

enum { RANK_WEAK = 1, RANK_LOCAL = 2, RANK_CLONE = 4 };

struct search {
    struct function_matches *matches;
    const struct function_tables *tables;
    const struct leaves *leaves;
    size_t *wanted; /* the leaves for which all symbols are visited */
    size_t wanted_count;
};

/* A symbol, and its demangled name once that has been needed. */
struct candidate {
    const Elf64_Sym *symbol;
    const char *name;
    char *linkage_name; /* without clone suffix; malloc'ed if it is not `name` */
    char *demangled;    /* NULL: not yet, or not mangled */
    struct function_name parts;
    bool is_demangled;
};

static int add_match(struct function_matches *matches, struct function_match match)
{
    if (array_reserve(&matches->list, matches->count, 1, &matches->room, sizeof *matches->list) !=
        0)
        return -ENOMEM;
    matches->list[matches->count++] = match;
    return 0;
}

/* Takes ownership of `text`; NULL means out of memory. */
static int keep_text(struct function_matches *matches, char *text)
{
    if (text == NULL)
        return -ENOMEM;
    if (array_reserve(&matches->texts, matches->text_count, 1, &matches->text_room,
            sizeof *matches->texts) != 0) {
        free(text);
        return -ENOMEM;
    }
    matches->texts[matches->text_count++] = text;
    return 0;
}

static struct function_match match_of(const Elf64_Sym *symbol, const char *name, size_t leaf)
{
    unsigned binding = ELF64_ST_BIND(symbol->st_info);
    return (struct function_match){
        .address = symbol->st_value,
        .size = symbol->st_size,
        .symbol = name,
        .leaf = leaf,
        .rank = binding == STB_LOCAL  ? RANK_LOCAL
                : binding == STB_WEAK ? RANK_WEAK
                                      : 0,
        .is_ifunc = ELF64_ST_TYPE(symbol->st_info) == STT_GNU_IFUNC,
    };
}

/* Adds every exported version of `name`. */
static int add_exported(struct search *search, const char *name, size_t leaf, bool *is_found)
{
    const struct elf_image *image = &search->tables->image;
    for (size_t i = 0; (i = elf_symbols_look_up(&image->dynamic, &image->hash, name, i)) != 0;) {
        const Elf64_Sym *symbol = &image->dynamic.list[i];
        if (!function_tables_is_function(search->tables, symbol))
            continue;
        struct function_match match = match_of(symbol, name, leaf);
        match.symbol = elf_symbols_name(&image->dynamic, symbol);
        match.shown = search->leaves->list[leaf].shown;
        int error = add_match(search->matches, match);
        if (error != 0)
            return error;
        *is_found = true;
    }
    return 0;
}

static bool is_symbol_name(const struct function_spec *spec)
{
    return spec->is_identifier && !spec->is_pattern;
}

/* Returns whether the leaf can be a function of the file, as far as that depends on which library
 * the file is. */
static bool may_be_in(const struct function_tables *tables, const struct leaf *leaf)
{
    if (leaf->is_c_library && !tables->is_c_library)
        return false;
    return !(leaf->hook_flags & HOOK_ONLY_WAITS) ||
           c_library_defines(&tables->image, ARCH_GLIBC_LOCKS);
}

/* Adds what is exported, and lists the leaves for which all symbols are to be visited. */
static int find_exported(struct search *search, const char *path, bool *wants_debug)
{
    const struct leaves *leaves = search->leaves;
    for (size_t i = 0; i < leaves->count; i++) {
        const struct function_spec *spec = leaves->list[i].spec;
        bool is_found = false;
        if (!may_be_in(search->tables, &leaves->list[i]))
            continue;
        if (spec && !function_spec_fits_file(spec, path, search->tables->image.soname))
            continue;
        if (spec == NULL || is_symbol_name(spec)) {
            int error = add_exported(search, leaves->list[i].symbol, i, &is_found);
            if (error != 0)
                return error;
        }
        if (spec == NULL)
            continue;
        search->wanted[search->wanted_count++] = i;
        *wants_debug |= !is_found && !fibers_has(leaves->list[i].hook_flags);
    }
    return 0;
}

/* Returns false if the name is not mangled, or when out of memory. */
static bool demangle_candidate(struct candidate *candidate)
{
    if (candidate->is_demangled)
        return candidate->demangled != NULL;
    candidate->is_demangled = true;
    candidate->demangled = demangle_function(candidate->linkage_name);
    if (candidate->demangled == NULL)
        return false;
    if (function_name_read(&candidate->parts, candidate->demangled) == 0)
        return true;
    free(candidate->demangled);
    candidate->demangled = NULL;
    return false;
}

static void finish_candidate(struct candidate *candidate)
{
    if (candidate->linkage_name != candidate->name)
        free(candidate->linkage_name);
    if (candidate->demangled != NULL)
        function_name_finish(&candidate->parts);
    free(candidate->demangled);
}

/* Returns whether the compiler or the C library adds this function to start a program; patterns do
 * not match it. */
static bool is_start_code(const char *name)
{
    static const char *const names[] = {"_start", "_init", "_fini", "_dl_relocate_static_pie",
        "frame_dummy", "register_tm_clones", "deregister_tm_clones", "__do_global_dtors_aux",
        "__do_global_ctors_aux", "__libc_csu_init", "__libc_csu_fini"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

static bool matches_spec(struct candidate *candidate, const struct function_spec *spec)
{
    bool is_typed = ELF64_ST_TYPE(candidate->symbol->st_info) != STT_NOTYPE;
    if (spec->is_pattern && (!is_typed || is_start_code(candidate->linkage_name)))
        return false;
    if (function_spec_matches_linkage(spec, candidate->linkage_name))
        return true;
    return is_typed && function_spec_may_match(spec, candidate->linkage_name) &&
           demangle_candidate(candidate) &&
           function_spec_matches(spec, candidate->demangled, &candidate->parts);
}

static char *text_to_show(const struct candidate *candidate, const struct function_spec *spec)
{
    char *text = NULL;
    const struct function_name *parts = &candidate->parts;
    if (candidate->demangled == NULL)
        return strdup(candidate->linkage_name);
    bool has_parameters = spec->has_parameters && parts->parameters;
    int length = asprintf(&text, "%s%s", parts->shown, has_parameters ? parts->parameters : "");
    return length < 0 ? NULL : text;
}

static int add_candidate(struct search *search, struct candidate *candidate, size_t leaf)
{
    struct function_match match = match_of(candidate->symbol, candidate->name, leaf);
    const struct leaf *named = &search->leaves->list[leaf];
    match.rank += candidate->linkage_name != candidate->name ? RANK_CLONE : 0;
    match.shown = named->shown;
    if (named->spec->is_pattern || demangle_candidate(candidate)) {
        demangle_candidate(candidate);
        int error = keep_text(search->matches, text_to_show(candidate, named->spec));
        if (error != 0)
            return error;
        match.shown = search->matches->texts[search->matches->text_count - 1];
    }
    return add_match(search->matches, match);
}

/* Considers all leaves that name it: one of them may be the root. */
static int consider(struct search *search, struct candidate *candidate)
{
    int error = 0;
    for (size_t i = 0; i < search->wanted_count && error == 0; i++) {
        size_t leaf = search->wanted[i];
        if (matches_spec(candidate, search->leaves->list[leaf].spec))
            error = add_candidate(search, candidate, leaf);
    }
    return error;
}

static int function_matches_consider_symbol(
    struct search *search, const struct elf_symbols *table, const Elf64_Sym *symbol)
{
    struct candidate candidate = {.symbol = symbol, .name = elf_symbols_name(table, symbol)};
    if (*candidate.name == '\0' || (!function_tables_is_function(search->tables, symbol) &&
                                       !function_tables_is_label(search->tables, symbol)))
        return 0;
    size_t length = demangle_linkage_length(candidate.name);
    if (function_tables_is_part(candidate.name + length))
        return 0;
    candidate.linkage_name = (char *)candidate.name;
    if (candidate.name[length] != '\0')
        candidate.linkage_name = strndup(candidate.name, length);
    int error = candidate.linkage_name ? consider(search, &candidate) : -ENOMEM;
    finish_candidate(&candidate);
    return error;
}

static int consider_all(struct search *search)
{
    for (size_t i = 0; i < search->tables->count; i++) {
        const struct elf_symbols *table = &search->tables->list[i];
        for (size_t k = 0; k < table->count; k++) {
            int error = function_matches_consider_symbol(search, table, &table->list[k]);
            if (error != 0)
                return error;
        }
    }
    return 0;
}

static int compare_matches(const void *left, const void *right)
{
    const struct function_match *a = left, *b = right;
    if (a->address != b->address)
        return a->address < b->address ? -1 : 1;
    if (a->leaf != b->leaf)
        return a->leaf < b->leaf ? -1 : 1;
    if (a->rank != b->rank)
        return a->rank < b->rank ? -1 : 1;
    return strcmp(a->symbol, b->symbol);
}

int function_matches_find(struct function_matches *matches, struct function_tables *tables,
    const char *path, const struct leaves *leaves)
{
    struct search search = {matches, tables, leaves, NULL, 0};
    bool wants_debug = false;
    search.wanted = calloc(leaves->count + 1, sizeof *search.wanted);
    if (search.wanted == NULL)
        return -ENOMEM;
    int error = find_exported(&search, path, &wants_debug);
    if (error == 0 && wants_debug)
        error = function_tables_open_debug(tables, path);
    /* Even if all are exported, .symtab may have clones of them. */
    if (error == 0 && search.wanted_count > 0)
        function_tables_open_all(tables);
    if (error == 0 && search.wanted_count > 0)
        error = consider_all(&search);
    if (matches->count > 0)
        qsort(matches->list, matches->count, sizeof *matches->list, compare_matches);
    free(search.wanted);
    return error;
}

void function_matches_finish(struct function_matches *matches)
{
    for (size_t i = 0; i < matches->text_count; i++)
        free(matches->texts[i]);
    free(matches->texts);
    free(matches->list);
    *matches = (struct function_matches){.count = 0};
}
