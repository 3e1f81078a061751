/*
 * scope.h - a function's name with the namespaces, classes and functions around it.
 */
#ifndef SYMBOLS_SCOPE_H
#define SYMBOLS_SCOPE_H

#include <elfutils/libdw.h>

/* The entries that were read so far, so that each is read once. A zeroed object is empty. */
struct symbols_scopes {
    void *levels; /* of tsearch(3) */
};

void symbols_scopes_finish(struct symbols_scopes *scopes);

/* Returns the name of `function`, an entry below the unit `unit`, qualified as where it was
 * declared; malloc'ed. NULL if it has no name, if nothing is around it, if the language has no
 * scopes, or when out of memory. Their Dwarf must outlive `scopes`. */
char *symbols_scope_qualify(
    struct symbols_scopes *scopes, Dwarf_Die *unit, const Dwarf_Die *function);

#endif
