/*
 * symbols_scope.h - a function's name with the namespaces, classes and functions around it.
 */
#ifndef SYMBOLS_SCOPE_H
#define SYMBOLS_SCOPE_H

#include <elfutils/libdw.h>

/* The name of `function`, an entry below the unit `unit`, qualified where it was declared;
 * malloc'ed. NULL when it has no name, nothing is around it, the language has no scopes, or
 * when out of memory. */
char *symbols_scope_qualify(Dwarf_Die *unit, const Dwarf_Die *function);

#endif
