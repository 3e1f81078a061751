/*
 * functions.c - finds the functions of one file that are leaves.
 *
 * Symbols at one address are one function. The neighbours of the found functions come from one pass
 * over the symbols that stores nothing else: sorting all symbols would take longer than the rest.
 */
#include "leaves/functions.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "elf/frame.h"
#include "hook_record.h"
#include "leaves/fibers.h"
#include "leaves/flags.h"
#include "leaves/leaves.h"
#include "leaves/function_parts.h"

static bool exports(const struct elf_image *image, const char *name)
{
    size_t index = elf_symbols_look_up(&image->dynamic, &image->hash, name, 0);
    return index != 0 && image->dynamic.list[index].st_shndx != SHN_UNDEF;
}

/* The dynamic linker runs before the library is loaded, and the library calls it; the tool's own
 * objects are exempt, too. */
static bool is_exempt(const struct elf_image *image)
{
    const char *prefix = "ld-linux";
    if (image->soname && strncmp(image->soname, prefix, strlen(prefix)) == 0)
        return true;
    return exports(image, HOOK_ENTER_SYMBOL) || exports(image, HOOK_TABLE_SYMBOL);
}

static bool is_one_function(const struct function_match *a, const struct function_match *b)
{
    return a->address == b->address;
}

/* The root is the last leaf but for the watched functions: a function that is another leaf, too, is
 * not only the root. The watched ones are known. */
static uint32_t functions_flags_of(
    const struct functions *found, const struct function_match *match, const struct leaf *leaf)
{
    uint32_t taken = HOOK_ROOT | HOOK_NOT_A_LEAF | HOOK_IMPLIED | HOOK_ONLY_WAITS;
    if (leaf->hook_flags & HOOK_OWN || fibers_has(leaf->hook_flags) || leaf->task)
        return leaf->hook_flags;
    return leaves_hook_flags(match->symbol, found->tables.is_c_library) |
           (leaf->hook_flags & taken);
}

/* A function of tasks may be the root, too. */
static uint32_t functions_add_task(uint32_t task, const struct leaf *leaf)
{
    if (leaf->task)
        return task | leaf->task;
    return task && leaf->hook_flags & HOOK_ROOT ? task | HOOK_TASK_ALSO : task;
}

/* The first of the symbols at an address is the function's; see compare_matches. */
static int put_together(struct functions *found, const struct leaves *leaves)
{
    const struct function_matches *matches = &found->matches;
    found->list = calloc(matches->count + 1, sizeof *found->list);
    if (found->list == NULL)
        return -ENOMEM;
    for (size_t i = 0; i < matches->count; i++) {
        const struct function_match *match = &matches->list[i];
        const struct leaf *leaf = &leaves->list[match->leaf];
        if (i == 0 || !is_one_function(match, match - 1))
            found->list[found->count++] = (struct function){
                .address = match->address,
                .symbol = match->symbol,
                .shown = match->shown,
                .leaf = match->leaf,
                .flags = functions_flags_of(found, match, leaf),
                .matches = match,
            };
        struct function *function = &found->list[found->count - 1];
        function->match_count++;
        function->flags |= leaf->hook_flags & (HOOK_ROOT | HOOK_OWN);
        function->task = functions_add_task(function->task, leaf);
        if (!(leaf->hook_flags & (HOOK_IMPLIED | HOOK_NOT_A_LEAF)))
            function->flags &= ~HOOK_IMPLIED;
        if (!(leaf->hook_flags & HOOK_ONLY_WAITS))
            function->flags &= ~HOOK_ONLY_WAITS;
        function->is_ifunc |= match->is_ifunc;
        if (match->size > function->size)
            function->size = match->size;
    }
    return 0;
}

/* Returns the last function that begins at or before `address`, or NULL. */
static struct function *find_before(const struct functions *found, uint64_t address)
{
    size_t low = 0, high = found->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (found->list[middle].address <= address)
            low = middle + 1;
        else
            high = middle;
    }
    return low ? &found->list[low - 1] : NULL;
}

typedef int visit(
    struct functions *found, struct function *before, uint64_t address, const char *name);

/* Visits all symbols of code at or after a function of the list. */
static int visit_symbols(struct functions *found, visit *visitor)
{
    const struct function_tables *tables = &found->tables;
    for (size_t i = 0; i < tables->count; i++) {
        const struct elf_symbols *table = &tables->list[i];
        for (size_t k = 0; k < table->count; k++) {
            const Elf64_Sym *symbol = &table->list[k];
            struct function *before = find_before(found, symbol->st_value);
            if (before == NULL || (!function_tables_is_function(tables, symbol) &&
                                      !function_tables_is_label(tables, symbol)))
                continue;
            int error = visitor(found, before, symbol->st_value, elf_symbols_name(table, symbol));
            if (error != 0)
                return error;
        }
    }
    return 0;
}

/* Another name of a leaf with a spec may be known, for example as one that does not return. A leaf
 * with a name that must not be hooked loses its symbol, and is then removed. */
static int learn_from_alias(
    struct functions *found, struct function *before, uint64_t address, const char *name)
{
    if (before->address == address && !fibers_has(before->flags))
        before->flags |= leaves_hook_flags(name, found->tables.is_c_library) & HOOK_TAIL;
    if (before->address == address && leaves_unhookable_why(name))
        before->symbol = NULL;
    return 0;
}

static int check_aliases(struct functions *found, const struct leaves *leaves)
{
    bool has_spec = false;
    for (size_t i = 0; i < found->count; i++)
        has_spec |= leaves->list[found->list[i].leaf].spec != NULL;
    if (!has_spec)
        return 0;
    int error = visit_symbols(found, learn_from_alias);
    size_t kept = 0;
    for (size_t i = 0; i < found->count; i++)
        if (found->list[i].symbol != NULL)
            found->list[kept++] = found->list[i];
    found->count = kept;
    return error;
}

/* Until all symbols are visited, the size is the distance to the nearest symbol so far. */
static int functions_measure(
    struct functions *found, struct function *before, uint64_t address, const char *name)
{
    (void)found, (void)name;
    uint64_t distance = address - before->address;
    if (distance > 0 && distance < before->size)
        before->size = distance;
    return 0;
}

/* A function without a size ends where .eh_frame says so, or before the next symbol. */
static int functions_find_sizes(struct functions *found)
{
    struct functions unknown = {.tables = found->tables};
    unknown.list = calloc(found->count + 1, sizeof *unknown.list);
    if (unknown.list == NULL)
        return -ENOMEM;
    for (size_t i = 0; i < found->count; i++) {
        struct function *function = &found->list[i];
        uint64_t end = 0;
        if (function->size == 0)
            end = elf_frame_end(&found->tables.image, function->address, false);
        if (end != 0)
            function->size = end - function->address;
        if (function->size != 0)
            continue;
        unknown.list[unknown.count] = *function;
        unknown.list[unknown.count++].size = functions_code(found, function->address).size;
    }
    int error = unknown.count ? visit_symbols(&unknown, functions_measure) : 0;
    for (size_t i = 0; i < unknown.count; i++)
        find_before(found, unknown.list[i].address)->size = unknown.list[i].size;
    free(unknown.list);
    return error;
}

static int collect_entry(
    struct functions *found, struct function *before, uint64_t address, const char *name)
{
    (void)name;
    if (address - before->address >= before->size + FUNCTIONS_NEAR)
        return 0;
    if (array_reserve(&found->entries, found->entry_count, 1, &found->entry_room,
            sizeof *found->entries) != 0)
        return -ENOMEM;
    found->entries[found->entry_count++] = address;
    return 0;
}

static int find_entries(struct functions *found)
{
    int error = visit_symbols(found, collect_entry);
    size_t kept = 0;
    if (error != 0)
        return error;
    array_sort_addresses(found->entries, found->entry_count);
    for (size_t i = 0; i < found->entry_count; i++)
        if (kept == 0 || found->entries[kept - 1] != found->entries[i])
            found->entries[kept++] = found->entries[i];
    found->entry_count = kept;
    return 0;
}

static int find_all(struct functions *found, const char *path, const struct leaves *leaves)
{
    int error = function_matches_find(&found->matches, &found->tables, path, leaves);
    if (error == 0)
        error = put_together(found, leaves);
    if (error != 0 || found->count == 0)
        return error;
    function_tables_open_all(&found->tables);
    error = check_aliases(found, leaves);
    if (error == 0)
        error = functions_find_sizes(found);
    if (error == 0)
        error = find_entries(found);
    if (error == 0)
        error = function_parts_find(found);
    return error;
}

int functions_find(struct functions *found, const char *path, const struct leaves *leaves)
{
    struct functions result = {.count = 0};
    int error = function_tables_open(&result.tables, path);
    if (error == 0 && !is_exempt(&result.tables.image))
        error = find_all(&result, path, leaves);
    if (error == 0)
        *found = result;
    else
        functions_finish(&result);
    return error;
}

void functions_finish(struct functions *found)
{
    free(found->list);
    free(found->entries);
    free(found->parts);
    function_matches_finish(&found->matches);
    function_tables_finish(&found->tables);
    *found = (struct functions){.count = 0};
}

struct elf_bytes functions_code(const struct functions *found, uint64_t address)
{
    if (elf_image_code(&found->tables.image, address) == NULL)
        return (struct elf_bytes){NULL, 0};
    return elf_image_at(&found->tables.image, address);
}
