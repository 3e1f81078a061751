/*
 * function_parts.c - the parts of functions that lie elsewhere than their entries.
 *
 * Compilers move rarely executed code out of `f` to a local symbol "f.cold". Several source files
 * may each have a static `f` with its part. Local symbols follow the STT_FILE symbol of their file,
 * which tells them apart.
 */
#include "leaves/function_parts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "leaves/function.h"
#include "names/demangle.h"

/* A part, and where the owner's name ends in the name of its symbol. */
struct piece {
    const char *name;
    size_t owner_length;
    size_t index; /* of the symbol */
    struct code_range where;
};

struct pieces {
    struct piece *list; /* sorted by the owner's name */
    size_t count, room;
    const struct elf_symbols *table;
};

struct owned {
    struct function *owner;
    struct code_range where;
};

struct ownership {
    struct owned *list;
    size_t count, room;
};

static int compare_pieces(const void *left, const void *right)
{
    const struct piece *a = left, *b = right;
    size_t shorter = a->owner_length < b->owner_length ? a->owner_length : b->owner_length;
    int order = memcmp(a->name, b->name, shorter);
    if (order != 0)
        return order;
    return (a->owner_length > b->owner_length) - (a->owner_length < b->owner_length);
}

static int function_parts_collect(struct pieces *pieces, const struct function_tables *tables)
{
    for (size_t i = 0; i < pieces->table->count; i++) {
        const Elf64_Sym *symbol = &pieces->table->list[i];
        const char *name = elf_symbols_name(pieces->table, symbol);
        const char *dot = strstr(name, ".cold");
        if (dot == NULL || !function_tables_is_part(dot) || symbol->st_size == 0 ||
            !function_tables_is_function(tables, symbol))
            continue;
        if (array_reserve(&pieces->list, pieces->count, 1, &pieces->room, sizeof *pieces->list) !=
            0)
            return -ENOMEM;
        pieces->list[pieces->count++] = (struct piece){
            name, (size_t)(dot - name), i, {symbol->st_value, symbol->st_size}};
    }
    if (pieces->count > 0)
        qsort(pieces->list, pieces->count, sizeof *pieces->list, compare_pieces);
    return 0;
}

static bool is_file(const Elf64_Sym *symbol)
{
    return ELF64_ST_TYPE(symbol->st_info) == STT_FILE;
}

static bool is_local(const Elf64_Sym *symbol)
{
    return ELF64_ST_BIND(symbol->st_info) == STB_LOCAL;
}

/* Returns the local symbol of the same source file as the piece that has its owner's name, or
 * NULL. */
static const Elf64_Sym *find_local_owner(const struct pieces *pieces, const struct piece *piece)
{
    const struct elf_symbols *table = pieces->table;
    size_t first = piece->index;
    while (first > 0 && !is_file(&table->list[first]))
        first--;
    for (size_t i = first + 1; i < table->count; i++) {
        const Elf64_Sym *symbol = &table->list[i];
        const char *name = elf_symbols_name(table, symbol);
        if (is_file(symbol) || !is_local(symbol))
            return NULL;
        if (strncmp(name, piece->name, piece->owner_length) == 0 &&
            name[piece->owner_length] == '\0')
            return symbol;
    }
    return NULL;
}

static bool is_owner(
    const struct pieces *pieces, const struct piece *piece, const Elf64_Sym *symbol)
{
    const Elf64_Sym *local = find_local_owner(pieces, piece);
    return local == symbol || (local == NULL && !is_local(symbol));
}

static int add_owned(struct ownership *ownership, struct function *owner, struct code_range where)
{
    if (array_reserve(
            &ownership->list, ownership->count, 1, &ownership->room, sizeof *ownership->list) != 0)
        return -ENOMEM;
    ownership->list[ownership->count++] = (struct owned){owner, where};
    return 0;
}

/* Assigns the pieces with the name of `symbol`, which is one of the owner's names, to `owner`. */
static int own_pieces(struct ownership *ownership, const struct pieces *pieces,
    struct function *owner, const Elf64_Sym *symbol)
{
    const char *name = elf_symbols_name(pieces->table, symbol);
    struct piece key = {.name = name, .owner_length = strlen(name)};
    size_t low = 0, high = pieces->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare_pieces(&pieces->list[middle], &key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < pieces->count && compare_pieces(&pieces->list[low], &key) == 0; low++) {
        const struct piece *piece = &pieces->list[low];
        if (!is_owner(pieces, piece, symbol))
            continue;
        int error = add_owned(ownership, owner, piece->where);
        if (error != 0)
            return error;
    }
    return 0;
}

static int function_parts_compare_addresses(const void *left, const void *right)
{
    const struct function *a = left, *b = right;
    return (a->address > b->address) - (a->address < b->address);
}

static int find_owners(
    struct ownership *ownership, const struct pieces *pieces, const struct functions *found)
{
    for (size_t i = 0; i < pieces->table->count; i++) {
        const Elf64_Sym *symbol = &pieces->table->list[i];
        struct function key = {.address = symbol->st_value};
        if (!function_tables_is_function(&found->tables, symbol))
            continue;
        struct function *owner = bsearch(
            &key, found->list, found->count, sizeof *found->list, function_parts_compare_addresses);
        int error = owner ? own_pieces(ownership, pieces, owner, symbol) : 0;
        if (error != 0)
            return error;
    }
    return 0;
}

static int find_in_table(
    struct ownership *ownership, const struct functions *found, const struct elf_symbols *table)
{
    struct pieces pieces = {.table = table};
    int error = function_parts_collect(&pieces, &found->tables);
    if (error == 0 && pieces.count > 0)
        error = find_owners(ownership, &pieces, found);
    free(pieces.list);
    return error;
}

static int compare_owned(const void *left, const void *right)
{
    const struct owned *a = left, *b = right;
    if (a->owner != b->owner)
        return a->owner < b->owner ? -1 : 1;
    return (a->where.address > b->where.address) - (a->where.address < b->where.address);
}

/* Places the parts of each function side by side. */
static int hand_out(struct functions *found, struct ownership *ownership)
{
    found->parts = calloc(ownership->count, sizeof *found->parts);
    if (found->parts == NULL)
        return -ENOMEM;
    qsort(ownership->list, ownership->count, sizeof *ownership->list, compare_owned);
    for (size_t i = 0; i < ownership->count; i++) {
        const struct owned *owned = &ownership->list[i];
        if (owned->owner->part_count++ == 0)
            owned->owner->parts = &found->parts[i];
        found->parts[i] = owned->where;
    }
    return 0;
}

int function_parts_find(struct functions *found)
{
    struct ownership ownership = {.count = 0};
    int error = 0;
    /* The first table has no local symbols, and all parts are local. */
    for (size_t i = 0; i < found->tables.count && error == 0; i++)
        if (found->tables.list[i].list != found->tables.image.dynamic.list)
            error = find_in_table(&ownership, found, &found->tables.list[i]);
    if (error == 0 && ownership.count > 0)
        error = hand_out(found, &ownership);
    free(ownership.list);
    return error;
}
