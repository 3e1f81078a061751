/*
 * table.h - the functions of the C library that are known by name, and their groups.
 *
 * One table gives the selection, the names, the flags and the text of --list-leaves. The twins of a
 * function are other symbols that do the same; the compiler (fortify, large files) or an older C
 * library sends its calls to them. A twin is selected and removed together with its function. Not
 * every C library has every symbol: the interposer uses those that exist.
 */
#ifndef LEAVES_TABLE_H
#define LEAVES_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct leaf_group {
    const char *name;
    unsigned bit;
    const char *purpose;
};

/* The group that is selected if the user selects nothing. */
#define TABLE_DEFAULT_GROUP "wait"

/* The last element has no name. */
extern const struct leaf_group leaf_groups[];

struct table_function {
    const char *name;
    const char *const *twins; /* the last element is NULL; or NULL */
    unsigned groups;          /* 0: in no group, but hook_flags is known */
    uint32_t hook_flags;  /* of its own symbol: see table_flags. HOOK_ONLY_WAITS: if it is chosen by
                           * the default group only */
    const char *shown_as; /* NULL: its own name */
};

extern const struct table_function table_functions[];
extern const size_t table_function_count;

/* The group of this name, or NULL. */
const struct leaf_group *table_find_group(const char *name);

/* The function that has this symbol, its own or a twin's, or NULL. */
const struct table_function *table_find(const char *symbol);

/* The flags of the hook of this symbol, the function's own or a twin's (hook_record.h). */
uint32_t table_flags(const struct table_function *function, const char *symbol);

/* Returns the name under which its hits are shown. */
const char *table_shown_name(const struct table_function *function);

/* Returns how many symbols it has: its own and those of its twins. */
size_t table_symbol_count(const struct table_function *function);

#endif
