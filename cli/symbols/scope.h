/*
 * scope.h - a function's name with the namespaces, classes and functions around it.
 */
#ifndef SYMBOLS_SCOPE_H
#define SYMBOLS_SCOPE_H

#include <elfutils/libdw.h>

/* What has been looked at so far, so that it is looked at once. An object of zeroes has nothing. */
struct symbols_scopes {
    void *levels; /* of tsearch(3) */
};

void symbols_scopes_finish(struct symbols_scopes *scopes);

/* The name of `function`, an entry below the unit `unit`, qualified where it was declared;
 * malloc'ed. NULL when it has no name, nothing is around it, the language has no scopes, or
 * when out of memory. The Dwarf that they are of has to outlive `scopes`. */
char *symbols_scope_qualify(
    struct symbols_scopes *scopes, Dwarf_Die *unit, const Dwarf_Die *function);

#endif
