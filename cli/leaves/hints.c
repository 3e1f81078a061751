/*
 * hints.c - what to say about a name that no function has: near misses and inlined functions.
 *
 * These functions read everything: a user who mistyped a name waits for an answer and not for a
 * program.
 */
#include "leaves/hints.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "elf/image.h"
#include "elf/function_tables.h"
#include "names/demangle.h"
#include "names/function_name.h"
#include "names/function_spec.h"
#include "names/near_miss.h"
#include "symbols/inlined.h"

/* Returns the last `wanted` parts of the name; *is_all: the name has no more. */
static struct name_text last_parts(const char *name, size_t wanted, bool *is_all)
{
    struct name_text rest = {name, name + strlen(name)};
    struct name_part part;
    size_t count = function_name_count_parts(rest);
    *is_all = count <= wanted;
    for (; count > wanted; count--)
        function_name_next_part(&rest, &part);
    return rest;
}

/* A name that lacks the scopes before it does not match. If the rest is equal, no miss is nearer,
 * and the whole name is suggested. */
static void consider_name(struct near_miss *near, const char *name, size_t wanted)
{
    bool is_all;
    struct name_text last = last_parts(name, wanted, &is_all);
    size_t length = (size_t)(last.end - last.start);
    if (is_all || wanted > 1)
        near_miss_consider(near, last.start, length);
    else if (strncmp(near->wanted, last.start, length) == 0 && near->wanted[length] == '\0')
        near_miss_take(near, name, strlen(name), 0);
}

static int consider_mangled(struct near_miss *near, const char *demangled, size_t wanted)
{
    struct function_name name = {.form_count = 0};
    int error = function_name_read(&name, demangled);
    for (size_t i = 0; error == 0 && i < name.form_count; i++) {
        char *plain = function_name_undecorated(name.forms[i]);
        if (plain == NULL)
            error = -ENOMEM;
        else
            consider_name(near, plain, wanted);
        free(plain);
    }
    function_name_finish(&name);
    return error;
}

static int hints_consider_symbol(struct near_miss *near, const char *name, size_t wanted)
{
    size_t length = demangle_linkage_length(name);
    char *linkage_name = strndup(name, length);
    if (linkage_name == NULL)
        return -ENOMEM;
    char *demangled = demangle_function(linkage_name);
    int error = 0;
    if (demangled != NULL)
        error = consider_mangled(near, demangled, wanted);
    else if (wanted == 1)
        near_miss_consider(near, name, length);
    free(demangled);
    free(linkage_name);
    return error;
}

int functions_near_misses(struct near_miss *near, const char *path)
{
    struct function_tables tables;
    const char *parameters;
    size_t wanted = function_name_count_parts(function_name_strip(near->wanted, &parameters));
    int error = function_tables_open(&tables, path);
    if (error != 0)
        return error;
    error = function_tables_open_debug(&tables, path);
    for (size_t i = 0; i < tables.count; i++) {
        const struct elf_symbols *table = &tables.list[i];
        for (size_t k = 0; k < table->count && error == 0; k++)
            if (function_tables_is_function(&tables, &table->list[k]))
                error = hints_consider_symbol(
                    near, elf_symbols_name(table, &table->list[k]), wanted);
    }
    function_tables_finish(&tables);
    return error;
}

static bool names_function(const struct function_spec *spec, const char *demangled)
{
    struct function_name parts;
    if (function_name_read(&parts, demangled) != 0)
        return false;
    bool is_match = function_spec_matches(spec, demangled, &parts);
    function_name_finish(&parts);
    return is_match;
}

/* Matches as function_matches.c would match a symbol. */
static bool is_meant(const char *name, const char *linkage_name, void *context)
{
    const struct function_spec *spec = context;
    if (function_spec_matches_linkage(spec, linkage_name ? linkage_name : name))
        return true;
    if (linkage_name == NULL)
        return names_function(spec, name);
    if (!function_spec_may_match(spec, linkage_name))
        return false;
    char *demangled = demangle_function(linkage_name);
    bool is_match = demangled && names_function(spec, demangled);
    free(demangled);
    return is_match;
}

/* The same for a root: name_matches also accepts a function's plain name, if the linkage name is in
 * a language that a specification cannot express. */
static bool is_meant_as_root(const char *name, const char *linkage_name, void *context)
{
    const struct function_spec *spec = context;
    const char *dot = strrchr(spec->name, '.');
    return is_meant(name, linkage_name, context) || strcmp(name, dot ? dot + 1 : spec->name) == 0;
}

static bool is_d_root(const struct function_spec *spec, const char *linkage_name)
{
    const char *dot = strrchr(spec->name, '.');
    return demangle_is_d(linkage_name) && strstr(linkage_name, dot ? dot + 1 : spec->name);
}

static bool is_meant_symbol(const struct function_spec *spec, const char *symbol)
{
    char *linkage_name = strndup(symbol, demangle_linkage_length(symbol));
    bool is_match = linkage_name && (is_meant(linkage_name, linkage_name, (void *)spec) ||
                                        is_d_root(spec, linkage_name));
    free(linkage_name);
    return is_match;
}

static int look_into_tables(bool *is_there, const char *path, const struct function_spec *spec)
{
    struct function_tables tables;
    int error = function_tables_open(&tables, path);
    if (error != 0)
        return error;
    error = function_tables_open_debug(&tables, path);
    for (size_t i = 0; i < tables.count && !*is_there; i++) {
        const struct elf_symbols *table = &tables.list[i];
        for (size_t k = 0; k < table->count && !*is_there; k++)
            *is_there = (function_tables_is_function(&tables, &table->list[k]) ||
                            function_tables_is_label(&tables, &table->list[k])) &&
                        is_meant_symbol(spec, elf_symbols_name(table, &table->list[k]));
    }
    function_tables_finish(&tables);
    return error;
}

int functions_any(bool *is_there, const char *path, const struct function_spec *spec)
{
    bool found = false;
    int error = look_into_tables(&found, path, spec);
    if (error == 0 && !found)
        error = symbols_inlined_find(&found, path, true, is_meant_as_root, (void *)spec);
    if (error == 0 || error == -ENOENT)
        *is_there = found;
    return error == -ENOENT ? 0 : error;
}

static bool fits_file(const struct function_spec *spec, const char *path)
{
    struct elf_image image;
    if (elf_image_open(&image, path) != 0)
        return false;
    bool fits = function_spec_fits_file(spec, path, image.soname);
    elf_image_close(&image);
    return fits;
}

int functions_only_inlined(bool *is_inlined, const char *path, const struct function_spec *spec)
{
    struct elf_image image;
    int error = elf_image_open(&image, path);
    if (error != 0)
        return error;
    elf_image_close(&image);
    if (!fits_file(spec, path)) {
        *is_inlined = false;
        return 0;
    }
    return symbols_inlined_find(is_inlined, path, false, is_meant, (void *)spec);
}

size_t functions_inlined_into(
    char **callers, size_t room, const char *path, const struct function_spec *spec)
{
    return symbols_inlined_callers(callers, room, path, is_meant, (void *)spec);
}

void functions_each_symbol(
    const char *path, const struct function_spec *spec, functions_take *take, void *context)
{
    struct function_tables tables;
    if (!fits_file(spec, path) || function_tables_open(&tables, path) != 0)
        return;
    function_tables_open_debug(&tables, path);
    for (size_t i = 0; i < tables.count; i++) {
        const struct elf_symbols *table = &tables.list[i];
        for (size_t k = 0; k < table->count; k++) {
            const char *name = elf_symbols_name(table, &table->list[k]);
            if (!function_tables_is_function(&tables, &table->list[k]))
                continue;
            char *linkage_name = strndup(name, demangle_linkage_length(name));
            if (linkage_name && is_meant(linkage_name, linkage_name, (void *)spec))
                take(table->list[k].st_value, linkage_name, context);
            free(linkage_name);
        }
    }
    function_tables_finish(&tables);
}

struct taker {
    const struct function_spec *spec;
    functions_take *take;
    void *context;
};

/* Returns false, so that the search continues. */
static bool take_inlined(const char *name, const char *linkage_name, void *context)
{
    const struct taker *taker = context;
    if (is_meant(name, linkage_name, (void *)taker->spec))
        taker->take(0, linkage_name ? linkage_name : name, taker->context);
    return false;
}

void functions_each_inlined(
    const char *path, const struct function_spec *spec, functions_take *take, void *context)
{
    struct taker taker = {spec, take, context};
    bool is_found;
    if (fits_file(spec, path))
        symbols_inlined_find(&is_found, path, false, take_inlined, &taker);
}
